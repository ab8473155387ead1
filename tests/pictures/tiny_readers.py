"""Tiny random image-text models in the true format, as transformers saves them."""

import warnings

import torch
from PIL import Image

WORDS = "a the red blue green small large bird fish cat dog sits stands in rain by sea".split()
SIDE = 32


def save_tiny_reader(kind, folder, seed=0):
    """Write a random model of ``kind``: "blip", "git", or "pair" (ViT joined to GPT-2)."""
    torch.manual_seed(seed)
    folder.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = {"blip": make_blip, "git": make_git, "pair": make_pair}[kind](folder)
        times = 16 if kind == "blip" else 4
        with torch.no_grad():  # else all pictures look alike to it
            for name, weight in model.named_parameters():
                if weight.ndim > 1:
                    weight.mul_(times)
                if "patch_embed" in name:
                    weight.mul_(25)
                if "cross" in name or "visual_proj" in name:
                    weight.mul_(times)
        model.save_pretrained(folder, safe_serialization=True)
    return folder


def make_bert_tokenizer(folder):
    from transformers import BertTokenizer

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
    (folder / "vocab.txt").write_text("\n".join(words) + "\n")
    return BertTokenizer(str(folder / "vocab.txt"))


def make_image_processor(kind):
    from transformers.models.blip.image_processing_pil_blip import BlipImageProcessorPil
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
    from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil

    side = {"height": SIDE, "width": SIDE}
    if kind == "git":
        return CLIPImageProcessorPil(size={"shortest_edge": SIDE}, crop_size=side)
    return {"blip": BlipImageProcessorPil, "pair": ViTImageProcessorPil}[kind](size=side)


def make_blip(folder):
    from transformers import BlipConfig, BlipForConditionalGeneration, BlipProcessor

    tokenizer = make_bert_tokenizer(folder)
    inner = {"hidden_size": 16, "intermediate_size": 32, "num_attention_heads": 2}
    text = {**inner, "num_hidden_layers": 2, "vocab_size": len(tokenizer), "projection_dim": 16}
    text |= {"bos_token_id": 2, "eos_token_id": 3, "sep_token_id": 3, "pad_token_id": 0}
    text |= {"encoder_hidden_size": 16}
    vision = {**inner, "num_hidden_layers": 2, "image_size": SIDE, "patch_size": 8}
    config = BlipConfig(text_config=text, vision_config=vision, projection_dim=16)
    BlipProcessor(make_image_processor("blip"), tokenizer).save_pretrained(folder)
    return BlipForConditionalGeneration(config)


def make_git(folder):
    from transformers import GitConfig, GitForCausalLM, GitProcessor

    tokenizer = make_bert_tokenizer(folder)
    inner = {"hidden_size": 16, "intermediate_size": 32, "num_attention_heads": 2}
    vision = {**inner, "num_hidden_layers": 2, "image_size": SIDE, "patch_size": 8}
    config = GitConfig(
        vision_config=vision,
        vocab_size=len(tokenizer),
        num_hidden_layers=2,
        bos_token_id=2,
        eos_token_id=3,
        pad_token_id=0,
        **inner,
    )
    GitProcessor(make_image_processor("git"), tokenizer).save_pretrained(folder)
    return GitForCausalLM(config)


def make_pair(folder):
    from transformers import (
        GPT2Config,
        GPT2LMHeadModel,
        VisionEncoderDecoderModel,
        ViTConfig,
        ViTModel,
    )

    tokenizer = make_bert_tokenizer(folder)
    vit = ViTConfig(
        hidden_size=16,
        intermediate_size=32,
        num_attention_heads=2,
        num_hidden_layers=2,
        image_size=SIDE,
        patch_size=8,
    )
    gpt = GPT2Config(
        vocab_size=len(tokenizer),
        n_embd=16,
        n_layer=2,
        n_head=2,
        n_positions=64,
        bos_token_id=2,
        eos_token_id=3,
        add_cross_attention=True,
        is_decoder=True,
    )
    model = VisionEncoderDecoderModel(encoder=ViTModel(vit), decoder=GPT2LMHeadModel(gpt))
    model.config.decoder_start_token_id = model.generation_config.decoder_start_token_id = 2
    model.config.eos_token_id = model.generation_config.eos_token_id = 3
    model.generation_config.bos_token_id = 2
    make_image_processor("pair").save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return model


def make_pictures(count, seed=0):
    """Pictures of noise in different colours and shapes."""
    generator = torch.Generator().manual_seed(seed)
    pictures = []
    for number in range(count):
        base = torch.rand(3, 1, 1, generator=generator)
        noise = torch.rand(3, 40 + 7 * number, 48, generator=generator)
        levels = ((base + noise) * 127).byte().permute(1, 2, 0)
        pictures.append(Image.fromarray(levels.numpy()))
    return pictures
