"""Odd shapes of models, to prove the hash fields on."""
