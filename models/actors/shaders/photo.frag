#version 330
uniform sampler2D photo;
in vec2 at;
out vec4 colour;

void main() { colour = vec4(texture(photo, vec2(at.x, 1.0 - at.y)).rgb, 1.0); }
