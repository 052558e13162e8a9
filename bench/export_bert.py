#!/usr/bin/env python3
"""Writes a forward pass of BERT-base as HLO text: `export_bert.py OUTPUT.hlo [SEQUENCE]`. Needs JAX.

Batch 1; embeddings, 12 layers of attention and feed-forward, pooler. Weights are parameters.
"""

import sys

import jax
import jax.numpy as jnp

HIDDEN, HEADS, LAYERS, INNER, VOCABULARY, POSITIONS = 768, 12, 12, 3072, 30522, 512


def layer_norm(x, scale, bias):
    mean = x.mean(-1, keepdims=True)
    variance = ((x - mean) ** 2).mean(-1, keepdims=True)
    return (x - mean) * jax.lax.rsqrt(variance + 1e-12) * scale + bias


def attention(x, weights):
    def heads(w, b):
        return (x @ w + b).reshape(x.shape[0], HEADS, -1).swapaxes(0, 1)

    q, k, v = (heads(*weights[name]) for name in ("query", "key", "value"))
    scores = jax.nn.softmax(q @ k.swapaxes(1, 2) / jnp.sqrt(HIDDEN / HEADS), axis=-1)
    w, b = weights["output"]
    return (scores @ v).swapaxes(0, 1).reshape(x.shape) @ w + b


def encoder_layer(x, weights):
    x = layer_norm(x + attention(x, weights), *weights["attention_norm"])
    w, b = weights["inner"]
    inner = jax.nn.gelu(x @ w + b, approximate=False)
    w, b = weights["outer"]
    return layer_norm(x + inner @ w + b, *weights["output_norm"])


def bert(tokens, segments, weights):
    x = weights["words"][tokens] + weights["segments"][segments]
    x = layer_norm(x + weights["positions"][: len(tokens)], *weights["norm"])
    for layer in weights["layers"]:
        x = encoder_layer(x, layer)
    w, b = weights["pooler"]
    return x, jnp.tanh(x[0] @ w + b)


def shapes():
    def array(*sizes):
        return jax.ShapeDtypeStruct(sizes, jnp.float32)

    def dense(inputs, outputs):
        return array(inputs, outputs), array(outputs)

    norm = (array(HIDDEN), array(HIDDEN))
    layer = {name: dense(HIDDEN, HIDDEN) for name in ("query", "key", "value", "output")}
    layer |= {"inner": dense(HIDDEN, INNER), "outer": dense(INNER, HIDDEN)}
    layer |= {"attention_norm": norm, "output_norm": norm}
    return {"words": array(VOCABULARY, HIDDEN), "segments": array(2, HIDDEN),
            "positions": array(POSITIONS, HIDDEN), "norm": norm, "layers": [layer] * LAYERS,
            "pooler": dense(HIDDEN, HIDDEN)}


def main():
    sequence = int(sys.argv[2]) if len(sys.argv) > 2 else 128
    ids = jax.ShapeDtypeStruct((sequence,), jnp.int32)
    text = jax.jit(bert).lower(ids, ids, shapes()).as_text("hlo")
    with open(sys.argv[1], "w") as file:
        file.write(text)


if __name__ == "__main__":
    main()
