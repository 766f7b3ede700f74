"""How fast Luthier is beside transformers' Trainer, trl, pipeline() and scikit-learn."""
