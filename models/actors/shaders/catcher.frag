#version 330
//#include light
// A floor that is not drawn but darkens the photograph behind it.
in vec3 at;
in vec3 tint;
in vec3 world;
in vec3 world_normal;
in vec4 light_at;
out vec4 colour;

void main() {
    float key = dot(key_colour, vec3(0.33)) * key_direction.y;
    float ambient = dot(sky_colour, vec3(0.33));
    float lit = (ambient + key * lit_by_key(light_at, 1.0)) / (ambient + key);
    colour = vec4(0.0, 0.0, 0.0, 1.0 - lit * contact(world));
}
