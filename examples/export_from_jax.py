#!/usr/bin/env python3
"""Writes the example graphs of this folder from JAX (`pip install jax`; no accelerator needed).

Each example is ordinary user code: a function of arrays, traced once in f32 and once in bf16 and
written as HLO text before any optimization (NAME_f32.hlo, NAME_bf16.hlo). NAME_f32.expected.json
holds inputs and the outputs that JAX computes from them on the CPU: an oracle from outside.

All weights are arguments, so that no graph carries large constants. Input values are multiples of
1/64 below 1, which are exact in bf16 and short in JSON.

    python3 examples/export_from_jax.py [NAME...]
"""

import json
import os
import re
import sys

os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402

FOLDER = os.path.dirname(os.path.abspath(__file__))
LEARNING_RATE = 0.0625


class Inputs:
    """Deterministic arrays, in the order in which an example asks for them."""

    def __init__(self, dtype):
        self.dtype = dtype
        self.source = np.random.RandomState(20)

    def array(self, *shape, largest=16):
        numerators = self.source.randint(-largest, largest + 1, size=shape)
        return jnp.asarray(numerators / 64.0, dtype=self.dtype)

    def positive(self, *shape):
        return jnp.asarray(self.source.randint(32, 64, size=shape) / 64.0, dtype=self.dtype)


# Layers


def layer_norm(x, scale, shift):
    mean = jnp.mean(x, axis=-1, keepdims=True)
    variance = jnp.mean((x - jnp.mean(x, axis=-1, keepdims=True)) ** 2, axis=-1, keepdims=True)
    return (x - mean) / jnp.sqrt(variance + 1e-5) * scale + shift


def dense(x, weight, bias):
    return jnp.matmul(x, weight) + bias


def split_heads(x, heads):
    batch, length, width = x.shape
    return x.reshape(batch, length, heads, width // heads).transpose(0, 2, 1, 3)


def merge_heads(x):
    batch, heads, length, width = x.shape
    return x.transpose(0, 2, 1, 3).reshape(batch, length, heads * width)


def convolution(x, kernel):
    return jax.lax.conv_general_dilated(
        x, kernel, window_strides=(1, 1), padding="SAME",
        dimension_numbers=("NHWC", "HWIO", "NHWC"))


def batch_norm(x, norm):
    return (x - norm["mean"]) / jnp.sqrt(norm["variance"] + 1e-3) * norm["scale"] + norm["shift"]


# Models: each is parameters(inputs) and apply(parameters, x)


def attention_parameters(inputs):
    width = 32
    return {name: inputs.array(width, width) for name in ("query", "key", "value", "output")} | {
        "query_bias": inputs.array(width), "scale": inputs.positive(width),
        "shift": inputs.array(width)}


def attention(parameters, x, heads=4):
    """A pre-norm, causal multi-head attention block with a residual."""
    normed = layer_norm(x, parameters["scale"], parameters["shift"])
    query = split_heads(jnp.matmul(normed, parameters["query"]) + parameters["query_bias"], heads)
    key = split_heads(jnp.matmul(normed, parameters["key"]), heads)
    value = split_heads(jnp.matmul(normed, parameters["value"]), heads)
    scores = jnp.matmul(query, jnp.swapaxes(key, -1, -2)) / np.sqrt(query.shape[-1]).astype(x.dtype)
    length = x.shape[1]
    visible = jnp.arange(length)[:, None] >= jnp.arange(length)[None, :]
    scores = jnp.where(visible, scores, -1e9).astype(jnp.float32)
    weights = jnp.exp(scores - jnp.max(scores, axis=-1, keepdims=True))
    weights = (weights / jnp.sum(weights, axis=-1, keepdims=True)).astype(x.dtype)
    return x + jnp.matmul(merge_heads(jnp.matmul(weights, value)), parameters["output"])


def mlp_parameters(inputs):
    width, hidden = 32, 96
    return {"scale": inputs.positive(width), "shift": inputs.array(width),
            "up": inputs.array(width, hidden), "up_bias": inputs.array(hidden),
            "down": inputs.array(hidden, width), "down_bias": inputs.array(width)}


def mlp(parameters, x):
    """Layer norm, two dense layers with a gelu between them, and a residual."""
    h = layer_norm(x, parameters["scale"], parameters["shift"])
    h = dense(h, parameters["up"], parameters["up_bias"])
    h = 0.5 * h * (1.0 + jnp.tanh(0.7978845608 * (h + 0.044715 * h * h * h)))
    return x + dense(h, parameters["down"], parameters["down_bias"])


def cnn_parameters(inputs):
    channels = 8

    def norm():
        return {"mean": inputs.array(channels), "variance": inputs.positive(channels),
                "scale": inputs.positive(channels), "shift": inputs.array(channels)}

    return {"stem": inputs.array(3, 3, 3, channels), "stem_norm": norm(),
            "first": inputs.array(3, 3, channels, channels), "first_norm": norm(),
            "second": inputs.array(3, 3, channels, channels), "second_norm": norm(),
            "dense": inputs.array(channels, 10), "dense_bias": inputs.array(10)}


def cnn(parameters, x):
    """A stem, one residual block, mean pooling and a classifier."""
    x = jnp.maximum(batch_norm(convolution(x, parameters["stem"]), parameters["stem_norm"]), 0)
    h = convolution(x, parameters["first"])
    h = jnp.maximum(batch_norm(h, parameters["first_norm"]), 0)
    h = batch_norm(convolution(h, parameters["second"]), parameters["second_norm"])
    x = jnp.maximum(x + h, 0)
    pooled = jnp.mean(x, axis=(1, 2))
    return dense(pooled, parameters["dense"], parameters["dense_bias"])


def lstm_parameters(inputs):
    width, hidden = 12, 16
    return {"input": inputs.array(width, 4 * hidden), "recurrent": inputs.array(hidden, 4 * hidden),
            "bias": inputs.array(4 * hidden)}


def lstm(parameters, x):
    """An LSTM over the leading axis of x; returns every hidden state."""
    def step(state, x_t):
        h, c = state
        gates = (jnp.matmul(x_t, parameters["input"]) + jnp.matmul(h, parameters["recurrent"])
                 + parameters["bias"])
        i, f, g, o = jnp.split(gates, 4, axis=-1)
        i, f, o = (1.0 / (1.0 + jnp.exp(-gate)) for gate in (i, f, o))
        c = f * c + i * jnp.tanh(g)
        h = o * jnp.tanh(c)
        return (h, c), h

    hidden = parameters["recurrent"].shape[0]
    zeros = jnp.zeros((x.shape[1], hidden), x.dtype)
    _, states = jax.lax.scan(step, (zeros, zeros), x)
    return states


# Losses and the training step


def mean_squared_error(prediction, target):
    return jnp.mean((prediction - target) ** 2)


def cross_entropy(logits, target):
    logits = logits - jax.lax.stop_gradient(jnp.max(logits, axis=-1, keepdims=True))
    log_probabilities = logits - jnp.log(jnp.sum(jnp.exp(logits), axis=-1, keepdims=True))
    return -jnp.mean(jnp.sum(target * log_probabilities, axis=-1))


def training_step(model, loss):
    """The loss at `parameters`, and the parameters after one step of gradient descent."""
    def step(parameters, x, target):
        value, gradients = jax.value_and_grad(lambda p: loss(model(p, x), target))(parameters)
        updated = jax.tree.map(lambda p, g: p - LEARNING_RATE * g, parameters, gradients)
        return value, updated
    return step


# name -> (function, arguments of it as a function of Inputs)
EXAMPLES = {
    "attention": (attention, lambda i: (attention_parameters(i), i.array(2, 16, 32, largest=63))),
    "attention_train": (
        training_step(attention, mean_squared_error),
        lambda i: (attention_parameters(i), i.array(2, 16, 32, largest=63), i.array(2, 16, 32))),
    "mlp": (mlp, lambda i: (mlp_parameters(i), i.array(16, 32, largest=63))),
    "mlp_train": (
        training_step(mlp, mean_squared_error),
        lambda i: (mlp_parameters(i), i.array(16, 32, largest=63), i.array(16, 32))),
    "cnn": (cnn, lambda i: (cnn_parameters(i), i.array(2, 12, 12, 3, largest=63))),
    "cnn_train": (
        training_step(cnn, cross_entropy),
        lambda i: (cnn_parameters(i), i.array(2, 12, 12, 3, largest=63), i.positive(2, 10))),
    "lstm": (lstm, lambda i: (lstm_parameters(i), i.array(6, 4, 12, largest=63))),
}

DTYPES = {"f32": jnp.float32, "bf16": jnp.bfloat16}


def hlo_text(name, function, arguments):
    """HLO text named `name`, without the paths of this machine."""
    lowered = jax.jit(function).lower(*arguments)
    text = lowered.compiler_ir("hlo").as_hlo_text()
    text = re.sub(r"^HloModule \S+?,", f"HloModule {name},", text)
    text = re.sub(r", metadata=\{[^}]*\}", "", text)
    for table in ("FileNames", "FunctionNames", "FileLocations", "StackFrames"):
        text = re.sub(rf"^{table}\n(?:\d.*\n)*\n?", "", text, flags=re.M)
    if "..." in text:
        raise ValueError(f"{name}: a constant is too large to be printed in full")
    return text


def tensor(array):
    array = np.asarray(array, dtype=np.float32)
    dims = ",".join(str(d) for d in array.shape)
    values = ",".join(np.format_float_positional(v, trim="0") for v in array.ravel())
    return f'    {{"shape": "f32[{dims}]", "values": [{values}]}}'


def expected_values(name, function, arguments):
    outputs = jax.tree.leaves(jax.jit(function)(*arguments))
    inputs = jax.tree.leaves(arguments)
    text = (f'{{\n  "module": "{name}",\n  "computed_by": "jax {jax.__version__} on cpu",\n'
            '  "inputs": [\n' + ",\n".join(map(tensor, inputs)) + '\n  ],\n'
            '  "outputs": [\n' + ",\n".join(map(tensor, outputs)) + "\n  ]\n}\n")
    json.loads(text)
    return text


def write(file_name, text):
    with open(os.path.join(FOLDER, file_name), "w", encoding="utf-8") as file:
        file.write(text)


def main(names):
    unknown = [name for name in names if name not in EXAMPLES]
    if unknown:
        sys.exit(f"no example {unknown[0]!r}; the examples are {', '.join(EXAMPLES)}")
    for name in names or EXAMPLES:
        function, make_arguments = EXAMPLES[name]
        for suffix, dtype in DTYPES.items():
            arguments = make_arguments(Inputs(dtype))
            full_name = f"{name}_{suffix}"
            write(f"{full_name}.hlo", hlo_text(full_name, function, arguments))
            if dtype == jnp.float32:
                write(f"{full_name}.expected.json",
                      expected_values(full_name, function, arguments))


if __name__ == "__main__":
    main(sys.argv[1:])
