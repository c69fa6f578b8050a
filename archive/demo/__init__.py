"""The demonstration newspaper: outlets and articles of our own writing, served on loopback."""
