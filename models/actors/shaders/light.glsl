uniform sampler2DShadow shadow_map;
uniform vec3 key_direction;   // towards the light
uniform vec3 key_colour;
uniform vec3 sky_colour;
uniform vec3 ground_colour;
uniform vec3 lamp_at;
uniform vec3 lamp_colour;
uniform vec4 blobs[24];       // x, z, radius, strength of contact shade
uniform int blob_count;

float hash(vec2 p) { return fract(sin(dot(p, vec2(127.1, 311.7))) * 43758.5453); }

float noise(vec2 p) {
    vec2 i = floor(p), f = fract(p);
    f = f * f * (3.0 - 2.0 * f);
    return mix(mix(hash(i), hash(i + vec2(1, 0)), f.x),
               mix(hash(i + vec2(0, 1)), hash(i + vec2(1, 1)), f.x), f.y);
}

float lit_by_key(vec4 light_at, float slope) {
    vec3 p = light_at.xyz / light_at.w * 0.5 + 0.5;
    if (any(lessThan(p, vec3(0))) || any(greaterThan(p, vec3(1)))) return 1.0;
    float bias = mix(0.006, 0.0015, slope);
    return texture(shadow_map, vec3(p.xy, p.z - bias));
}

float contact(vec3 world) {
    float shade = 1.0;
    for (int i = 0; i < blob_count; ++i) {
        vec2 d = world.xz - blobs[i].xy;
        shade *= 1.0 - blobs[i].w * exp(-dot(d, d) / (blobs[i].z * blobs[i].z));
    }
    return shade;
}

vec3 shade(vec3 albedo, vec3 normal, vec3 world, vec4 light_at) {
    float facing = max(dot(normal, key_direction), 0.0);
    vec3 to_lamp = lamp_at - world;
    float lamp = max(dot(normal, normalize(to_lamp)), 0.0) / (1.0 + 0.25 * dot(to_lamp, to_lamp));
    vec3 ambient = mix(ground_colour, sky_colour, normal.y * 0.5 + 0.5);
    vec3 light = ambient + key_colour * facing * lit_by_key(light_at, facing) + lamp_colour * lamp;
    return albedo * light;
}
