"""Tiny random pipelines in the true format, as diffusers saves them: SD 1.5, SDXL and DiT."""

import json
import warnings

import torch


def save_tiny(kind, folder, seed=0, channels=32):
    """Write a random pipeline of ``kind`` ("sd", "xl", "dit") that draws 32 x 32 pixels.

    "gpt" is an ImageGPT of 8 x 8 pixels in 16 colours.
    """
    torch.manual_seed(seed)
    if kind == "gpt":
        return save_pixel_writer(folder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        make = {"sd": make_sd, "xl": make_xl, "dit": make_dit}[kind]
        make(folder.parent, channels).save_pretrained(folder, safe_serialization=True)
    if kind == "dit":  # diffusers reads the classes' names there, but does not write them
        index = json.loads((folder / "model_index.json").read_text())
        index["id2label"] = {"0": "tench", "1": "striped snake, viper", "2": "owl"}
        (folder / "model_index.json").write_text(json.dumps(index))
    return folder


def save_pixel_writer(folder):
    from transformers import ImageGPTConfig, ImageGPTForCausalImageModeling
    from transformers.models.imagegpt.image_processing_pil_imagegpt import ImageGPTImageProcessorPil

    config = ImageGPTConfig(vocab_size=17, n_positions=64, n_embd=16, n_layer=2, n_head=2)
    ImageGPTForCausalImageModeling(config).save_pretrained(folder)
    colours = (torch.rand(16, 3) * 2 - 1).tolist()
    ImageGPTImageProcessorPil(clusters=colours, size={"height": 8, "width": 8}).save_pretrained(
        folder
    )
    return folder


def make_vae():
    from diffusers import AutoencoderKL

    return AutoencoderKL(
        block_out_channels=(8, 16),
        in_channels=3,
        out_channels=3,
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        latent_channels=4,
        norm_num_groups=4,
        sample_size=32,
    )


def make_tokenizer(folder):
    """CLIP's tokenizer with one token for each letter."""
    from transformers import CLIPTokenizer

    letters = "abcdefghijklmnopqrstuvwxyz"
    pieces = [*letters, *(f"{letter}</w>" for letter in letters), ",</w>"]
    names = [*pieces, "<|startoftext|>", "<|endoftext|>"]
    vocab = {name: place for place, name in enumerate(names)}
    return CLIPTokenizer(vocab=vocab, merges=[], model_max_length=77), len(vocab)


def make_text_encoder(words, kind):
    import transformers

    config = transformers.CLIPTextConfig(
        vocab_size=words,
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        projection_dim=16,
        bos_token_id=words - 2,
        eos_token_id=words - 1,
        pad_token_id=words - 1,
    )
    return getattr(transformers, kind)(config).eval()


def make_unet(channels, width, **more):
    from diffusers import UNet2DConditionModel

    return UNet2DConditionModel(
        sample_size=16,
        in_channels=4,
        out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        block_out_channels=(16, channels),
        layers_per_block=1,
        cross_attention_dim=width,
        attention_head_dim=2,
        norm_num_groups=4,
        **more,
    )


def make_scheduler():
    from diffusers import DDPMScheduler

    return DDPMScheduler(beta_schedule="scaled_linear", clip_sample=False)


def make_sd(folder, channels):
    from diffusers import StableDiffusionPipeline

    tokenizer, words = make_tokenizer(folder)
    return StableDiffusionPipeline(
        vae=make_vae(),
        text_encoder=make_text_encoder(words, "CLIPTextModel"),
        tokenizer=tokenizer,
        unet=make_unet(channels, 16),
        scheduler=make_scheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def make_xl(folder, channels):
    from diffusers import EulerAncestralDiscreteScheduler, StableDiffusionXLPipeline

    tokenizer, words = make_tokenizer(folder)
    added = 6 * 8 + 16
    unet = make_unet(
        channels,
        32,
        addition_embed_type="text_time",
        addition_time_embed_dim=8,
        projection_class_embeddings_input_dim=added,
    )
    return StableDiffusionXLPipeline(
        vae=make_vae(),
        text_encoder=make_text_encoder(words, "CLIPTextModel"),
        text_encoder_2=make_text_encoder(words, "CLIPTextModelWithProjection"),
        tokenizer=tokenizer,
        tokenizer_2=tokenizer,
        unet=unet,
        scheduler=EulerAncestralDiscreteScheduler(timestep_spacing="trailing"),
    )


def make_dit(folder, channels):
    from diffusers import DiTPipeline, DiTTransformer2DModel

    transformer = DiTTransformer2DModel(
        sample_size=16,
        num_layers=1,
        patch_size=4,
        attention_head_dim=4,
        num_attention_heads=2,
        in_channels=4,
        out_channels=8,
        num_embeds_ada_norm=1000,
    )
    with torch.no_grad():
        for weight in transformer.parameters():  # new ones begin at nought and heed no class
            weight.add_(0.1 * torch.randn(weight.shape))
    return DiTPipeline(transformer=transformer, vae=make_vae(), scheduler=make_scheduler())
