"""The context-encoding VAE: a beta-conditional VAE that must answer damaged images with whole ones."""

from explorer.models.context_vae.network import ContextVae

__all__ = ["ContextVae"]
