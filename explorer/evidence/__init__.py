"""What a model says of a batch of images, each part computed once."""

from explorer.evidence.codes import CodeEvidence, observe, parts_of
from explorer.evidence.vae import Evidence

__all__ = ["CodeEvidence", "Evidence", "observe", "parts_of"]
