"""What a model says of a batch of images, each part computed once."""
