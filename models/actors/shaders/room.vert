#version 330
uniform mat4 view_projection;
uniform mat4 light_projection;
in vec3 position;
in vec3 normal;
in vec3 texture_at;   // u, v, layer (-1: none)
in vec3 colour;
out vec3 at;
out vec3 tint;
out vec3 world;
out vec3 world_normal;
out vec4 light_at;

void main() {
    at = texture_at;
    tint = colour;
    world = position;
    world_normal = normal;
    light_at = light_projection * vec4(position, 1.0);
    gl_Position = view_projection * vec4(position, 1.0);
}
