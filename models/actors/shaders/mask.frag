#version 330
// Identity masks: `value` is the person's number, or one bit of colour per person.
uniform vec4 value;
out vec4 colour;

void main() { colour = value; }
