"""The VAE conditioned on its training beta: network, and what its training descends."""

from explorer.models.beta_vae.network import BetaVae

__all__ = ["BetaVae"]
