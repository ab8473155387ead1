"""A Stable Audio pipeline of random weights, small enough for tests, in the real folder format."""

from pathlib import Path

RATE = 44_100


def save_tiny_pipeline(folder: Path) -> Path:
    """Write a complete diffusers folder (tokenizer, encoder, transformer, VAE, scheduler)."""
    import string

    import torch
    from diffusers import (
        AutoencoderOobleck,
        CosineDPMSolverMultistepScheduler,
        StableAudioDiTModel,
        StableAudioPipeline,
        StableAudioProjectionModel,
    )
    from transformers import T5Config, T5EncoderModel, T5TokenizerFast

    torch.manual_seed(0)
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -1.0)]
    pieces += [(letter, -2.0) for letter in string.ascii_letters + string.digits + ",.-"]
    tokenizer = T5TokenizerFast(vocab=pieces, extra_ids=0, model_max_length=32)
    transformer = StableAudioDiTModel(
        sample_size=64,
        in_channels=8,
        num_layers=2,
        attention_head_dim=8,
        num_attention_heads=2,
        num_key_value_attention_heads=2,
        out_channels=8,
        cross_attention_dim=16,
        time_proj_dim=8,
        global_states_input_dim=32,
        cross_attention_input_dim=16,
    )
    vae = AutoencoderOobleck(
        encoder_hidden_size=8,
        downsampling_ratios=[2, 4, 8, 16],
        decoder_channels=8,
        decoder_input_channels=8,
        audio_channels=2,
        channel_multiples=[1, 2, 2, 4],
        sampling_rate=RATE,
    )
    encoder = T5EncoderModel(
        T5Config(
            vocab_size=len(tokenizer) + 8, d_model=16, d_kv=8, d_ff=16, num_layers=1, num_heads=2
        )
    )
    projection = StableAudioProjectionModel(
        text_encoder_dim=16, conditioning_dim=16, min_value=0, max_value=512
    )
    scheduler = CosineDPMSolverMultistepScheduler(
        solver_order=2, prediction_type="v_prediction", sigma_data=1.0, sigma_schedule="exponential"
    )
    pipeline = StableAudioPipeline(
        vae=vae,
        text_encoder=encoder,
        projection_model=projection,
        tokenizer=tokenizer,
        transformer=transformer,
        scheduler=scheduler,
    )
    pipeline.save_pretrained(folder)
    return folder
