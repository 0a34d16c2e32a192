"""The VQ-VAE with an autoregressive prior over its codes: networks, and what its training descends."""

from explorer.models.vq_vae.network import VqVae

__all__ = ["VqVae"]
