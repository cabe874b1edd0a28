#version 330
// Linear blend skinning. `bones` holds three rows per bone of its affine transform.
uniform vec4 bones[93];
uniform mat4 view_projection;
uniform mat4 light_projection;
in vec3 position;
in vec3 normal;
in vec3 reference;
in vec3 place;
in uvec4 bone;
in vec4 weight;
out vec3 at_reference;
out vec3 at_place;
out vec3 world;
out vec3 world_normal;
out vec4 light_at;

void main() {
    vec4 rows[3] = vec4[3](vec4(0), vec4(0), vec4(0));
    for (int k = 0; k < 4; ++k) {
        int first = int(bone[k]) * 3;
        for (int row = 0; row < 3; ++row) rows[row] += weight[k] * bones[first + row];
    }
    vec4 p = vec4(position, 1.0);
    world = vec3(dot(rows[0], p), dot(rows[1], p), dot(rows[2], p));
    world_normal = vec3(
        dot(rows[0].xyz, normal), dot(rows[1].xyz, normal), dot(rows[2].xyz, normal));
    at_reference = reference;
    at_place = place;
    light_at = light_projection * vec4(world, 1.0);
    gl_Position = view_projection * vec4(world, 1.0);
}
