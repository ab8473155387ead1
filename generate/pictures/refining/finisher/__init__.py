"""The second part that learnt against a critic: finish a sampled picture at 256 pixels."""
