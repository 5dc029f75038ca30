"""Building blocks of networks: input transform, local contrast, pooling, attribution."""
