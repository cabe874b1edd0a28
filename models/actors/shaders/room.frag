#version 330
//#include light
uniform sampler2DArray surfaces;
in vec3 at;
in vec3 tint;
in vec3 world;
in vec3 world_normal;
in vec4 light_at;
out vec4 colour;

void main() {
    vec3 n = normalize(world_normal);
    vec3 albedo = tint;
    if (at.z > -0.5) albedo *= texture(surfaces, at).rgb;
    vec3 lit = shade(albedo, n, world, light_at);
    if (n.y > 0.9 && world.y < 0.02) lit *= contact(world);
    colour = vec4(pow(lit, vec3(1.0 / 2.2)), 1.0);
}
