"""Text-to-audio models of random weights, small enough for tests, in the true format."""

import json
import string
import warnings
from pathlib import Path
from typing import Any

import torch

LETTERS = string.ascii_lowercase + string.digits + ",.-"


def save_singer(kind: str, folder: Path) -> Path:
    """Write a model of ``kind``: musicldm, audioldm2, musicgen or vits."""
    torch.manual_seed(0)
    make = {
        "musicldm": save_music_ldm,
        "audioldm2": save_audio_ldm,
        "musicgen": save_musicgen,
        "vits": save_vits,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        make[kind](folder)
    return folder


def make_roberta() -> tuple[Any, int]:
    from transformers import RobertaTokenizer

    names = ["<s>", "<pad>", "</s>", "<unk>", "<mask>", "Ġ", *LETTERS]
    vocab = {name: place for place, name in enumerate(names)}
    return RobertaTokenizer(vocab=vocab, merges=[], model_max_length=24), len(names)


def make_t5() -> tuple[Any, Any]:
    from transformers import T5Config, T5TokenizerFast

    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -1.0)]
    pieces += [(letter, -2.0) for letter in LETTERS]
    tokenizer = T5TokenizerFast(vocab=pieces, extra_ids=0, model_max_length=32)
    sizes = {"d_model": 16, "d_kv": 8, "d_ff": 16, "num_layers": 1, "num_heads": 2}
    return tokenizer, T5Config(vocab_size=len(tokenizer) + 8, **sizes)


def make_clap(words: int, width: int) -> Any:
    from transformers import ClapAudioConfig, ClapConfig, ClapModel, ClapTextConfig

    text = ClapTextConfig(
        vocab_size=words,
        hidden_size=width,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=1,
        projection_dim=width,
        bos_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
    )
    audio = ClapAudioConfig(
        spec_size=8,
        window_size=4,
        num_mel_bins=8,
        intermediate_size=32,
        depths=[1, 1],
        num_attention_heads=[1, 1],
        num_hidden_layers=1,
        hidden_size=192,
        projection_dim=width,
        patch_size=2,
        patch_stride=2,
        patch_embed_input_channels=4,
    )
    parts = {"text_config": text.to_dict(), "audio_config": audio.to_dict()}
    return ClapModel(ClapConfig(**parts, projection_dim=width))


def make_latent_parts() -> dict[str, Any]:
    """What AudioLDM 2 and MusicLDM share; spectrograms of up to 1.6 seconds."""
    from diffusers import AutoencoderKL, DDIMScheduler
    from transformers import ClapFeatureExtractor, SpeechT5HifiGan, SpeechT5HifiGanConfig

    vae = AutoencoderKL(
        block_out_channels=(8, 16),
        norm_num_groups=4,
        in_channels=1,
        out_channels=1,
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        latent_channels=4,
    )
    vocoder = SpeechT5HifiGan(
        SpeechT5HifiGanConfig(
            model_in_dim=8,
            sampling_rate=16_000,
            upsample_initial_channel=16,
            upsample_rates=[4, 4],
            upsample_kernel_sizes=[8, 8],
            resblock_kernel_sizes=[3],
            resblock_dilation_sizes=[[1, 3]],
            normalize_before=False,
        )
    )
    with torch.no_grad():  # random weights whisper
        vocoder.conv_post.weight.mul_(1e5)
    scheduler = DDIMScheduler(beta_schedule="scaled_linear", clip_sample=False)
    extractor = ClapFeatureExtractor(hop_length=7900)
    parts = {"vae": vae, "vocoder": vocoder, "scheduler": scheduler}
    return {**parts, "feature_extractor": extractor}


BLOCKS = {
    "block_out_channels": (8, 16),
    "layers_per_block": 1,
    "norm_num_groups": 4,
    "sample_size": 800,
    "in_channels": 4,
    "out_channels": 4,
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"),
    "up_block_types": ("CrossAttnUpBlock2D", "UpBlock2D"),
    "cross_attention_dim": (8, 16),
}


def save_music_ldm(folder: Path) -> None:
    from diffusers import MusicLDMPipeline, UNet2DConditionModel

    tokenizer, words = make_roberta()
    unet = UNet2DConditionModel(
        **BLOCKS,
        class_embed_type="simple_projection",
        projection_class_embeddings_input_dim=16,
        class_embeddings_concat=True,
    )
    clap = make_clap(words, 16)
    MusicLDMPipeline(
        text_encoder=clap, tokenizer=tokenizer, unet=unet, **make_latent_parts()
    ).save_pretrained(folder)


def save_audio_ldm(folder: Path) -> None:
    from diffusers import (
        AudioLDM2Pipeline,
        AudioLDM2ProjectionModel,
        AudioLDM2UNet2DConditionModel,
    )
    from transformers import GPT2Config, GPT2LMHeadModel, T5EncoderModel

    tokenizer, words = make_roberta()
    second, t5 = make_t5()
    gpt = GPT2LMHeadModel(GPT2Config(n_embd=16, n_head=2, n_layer=1, vocab_size=9, n_positions=99))
    gpt.config.max_new_tokens = 4
    AudioLDM2Pipeline(
        text_encoder=make_clap(words, 8),
        text_encoder_2=T5EncoderModel(t5),
        projection_model=AudioLDM2ProjectionModel(
            text_encoder_dim=8, text_encoder_1_dim=16, langauge_model_dim=16
        ),
        language_model=gpt,
        tokenizer=tokenizer,
        tokenizer_2=second,
        unet=AudioLDM2UNet2DConditionModel(**BLOCKS),
        **make_latent_parts(),
    ).save_pretrained(folder)


def save_musicgen(folder: Path) -> None:
    from transformers import (
        EncodecConfig,
        EncodecFeatureExtractor,
        MusicgenConfig,
        MusicgenDecoderConfig,
        MusicgenForConditionalGeneration,
        MusicgenProcessor,
    )

    tokenizer, t5 = make_t5()
    codec = EncodecConfig(
        sampling_rate=16_000,
        upsampling_ratios=[8, 5, 4, 4],
        num_filters=4,
        hidden_size=16,
        codebook_size=32,
        codebook_dim=16,
        num_lstm_layers=1,
        target_bandwidths=[2.2],
        normalize=False,
        kernel_size=3,
        last_kernel_size=3,
        residual_kernel_size=3,
    )
    decoder = MusicgenDecoderConfig(
        vocab_size=32,
        max_position_embeddings=512,
        num_hidden_layers=1,
        ffn_dim=32,
        num_attention_heads=2,
        hidden_size=16,
        num_codebooks=4,
        pad_token_id=32,
        bos_token_id=32,
    )
    parts = {"text_encoder": t5, "audio_encoder": codec, "decoder": decoder}
    kinds = {"text_encoder": "t5", "audio_encoder": "encodec", "decoder": "musicgen_decoder"}
    config = {name: part.to_dict() | {"model_type": kinds[name]} for name, part in parts.items()}
    model = MusicgenForConditionalGeneration(MusicgenConfig(**config))
    for layer in model.audio_encoder.quantizer.layers:
        layer.codebook.embed.normal_()  # else all codes sound alike
    with torch.no_grad():  # near zero, words would hardly matter
        for head in model.decoder.lm_heads:
            head.weight.mul_(100)
    for name in ("decoder_start_token_id", "pad_token_id", "bos_token_id"):
        setattr(model.generation_config, name, 32)
    model.generation_config.max_length = 104  # four seconds
    model.save_pretrained(folder)
    extractor = EncodecFeatureExtractor(sampling_rate=16_000)
    MusicgenProcessor(extractor, tokenizer).save_pretrained(folder)


def save_vits(folder: Path) -> None:
    from transformers import VitsConfig, VitsModel, VitsTokenizer

    folder.mkdir(parents=True)
    vocab = {letter: place for place, letter in enumerate(f"_ {LETTERS}'")}
    (folder / "vocab.json").write_text(json.dumps(vocab))
    tokenizer = VitsTokenizer(
        str(folder / "vocab.json"), pad_token="_", unk_token="_", is_uroman=False, phonemize=False
    )
    config = VitsConfig(
        vocab_size=len(vocab),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        ffn_dim=16,
        flow_size=16,
        spectrogram_bins=9,
        duration_predictor_filter_channels=16,
        upsample_initial_channel=16,
        upsample_rates=[16, 16],
        upsample_kernel_sizes=[32, 32],
        resblock_kernel_sizes=[3],
        resblock_dilation_sizes=[[1, 3]],
        prior_encoder_num_flows=1,
        depth_separable_num_layers=1,
        prior_encoder_num_wavenet_layers=1,
        posterior_encoder_num_wavenet_layers=1,
        duration_predictor_num_flows=1,
    )
    VitsModel(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
