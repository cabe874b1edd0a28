#version 330
//#include light
uniform vec3 skin, hair, top, top_2, bottom, bottom_2, shoes, beard;
uniform vec4 cut;        // sleeve, hem, waist height, collar height
uniform vec4 pattern;    // kind of top, its scale, kind of bottom, its scale
uniform vec4 head;       // hairline, head cover, eye height, eye half distance
uniform vec3 head_at;
uniform vec3 prop_colour;
in vec3 at_reference;
in vec3 at_place;
in vec3 world;
in vec3 world_normal;
in vec4 light_at;
out vec4 colour;

float figure(float kind, vec3 p, float scale) {
    if (kind < 0.5) return 0.0;
    if (kind < 1.5) return step(0.5, fract(p.y * scale));
    if (kind < 2.5) return step(0.5, fract(p.x * scale + 0.25));
    if (kind < 3.5) return 0.5 * (step(0.5, fract(p.y * scale)) + step(0.5, fract(p.x * scale)));
    if (kind < 4.5) return step(0.55, noise(p.xy * scale * 2.0 + p.z * 9.0));
    return step(length(vec2(p.x, p.y - 1.2)), 0.09) * step(0.0, p.z);  // a print on the chest
}

vec3 face(vec3 p) {
    vec2 q = p.xy - vec2(0, head.z);
    float front = step(head_at.z + 0.03, p.z);
    vec2 eye = vec2(abs(q.x) - head.w, q.y);
    vec3 made = skin;
    float sideburn = smoothstep(0.10, 0.06, length(vec2(q.x, q.y + 0.10)));
    made = mix(made, beard, 0.75 * front * sideburn * step(q.y, -0.055) * step(0.0, beard.r));
    made = mix(made, skin * vec3(0.72, 0.42, 0.42), front * step(length((q + vec2(0, 0.078)) / vec2(0.026, 0.008)), 1.0));
    made = mix(made, vec3(0.85), front * step(length(eye / vec2(0.017, 0.008)), 1.0));
    made = mix(made, vec3(0.06, 0.05, 0.05), front * step(length(eye / vec2(0.008, 0.008)), 1.0));
    made = mix(made, hair * 0.8, front * step(length((eye - vec2(0, 0.02)) / vec2(0.022, 0.005)), 1.0));
    float along = dot(p - head_at, vec3(0, 0.80, -0.60));
    return mix(made, hair * (0.8 + 0.4 * noise(p.xz * 90.0)), step(head.x, along));
}

vec3 albedo() {
    vec3 p = at_reference;
    if (at_place.z > 2.5) return prop_colour;
    if (at_place.z > 1.5) {
        if (p.z > head_at.z + 0.03 && abs(p.x) < 0.07) discard;  // no strands before the face
        return hair * (0.75 + 0.5 * noise(vec2(p.x, p.z) * 60.0));
    }
    vec3 trousers = mix(bottom, bottom_2, figure(pattern.z, p, pattern.w));
    if (at_place.z > 0.5) return trousers;
    if (at_place.y > 1.9) return shoes;
    bool arm = at_place.x > 0.0;
    float collar = cut.w - 0.06 * smoothstep(0.08, 0.0, abs(p.x)) * step(0.0, p.z);
    float neck = length(vec2(p.x, p.z - head_at.z + 0.02));
    if (p.y > head_at.y - 0.16 && neck < 0.16) return face(p);
    if (!arm && p.y > collar && neck < 0.095) return skin;
    if (!arm && p.y < cut.z) return at_place.y < cut.y ? trousers : skin;
    if (arm && at_place.x > cut.x) return skin;
    return mix(top, top_2, figure(pattern.x, arm ? p.zyx + vec3(0, 0, 0) : p, pattern.y));
}

void main() {
    vec3 n = normalize(world_normal);
    float folds = noise(at_reference.xy * 24.0 + at_reference.z * 13.0) - 0.5;
    vec3 lit = shade(albedo() * (1.0 + 0.16 * folds), n, world, light_at);
    colour = vec4(pow(lit, vec3(1.0 / 2.2)), 1.0);
}
