"""The files of a model's folder that decide a summoned beast."""

CONFIG = "unet/config.json"
BODY, EMBEDDING = "unet/diffusion_pytorch_model.safetensors", "words/embedding.safetensors"
PARTS = ("jungle.json", "words/vocabulary.json", "prompts.jsonl", CONFIG, BODY, EMBEDDING)
