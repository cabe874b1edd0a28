#version 330
uniform vec4 window;   // offset and size of the part of the photograph that is seen
in vec2 corner;
out vec2 at;

void main() {
    at = window.xy + window.zw * (corner * 0.5 + 0.5);
    gl_Position = vec4(corner, 0.9999, 1.0);
}
