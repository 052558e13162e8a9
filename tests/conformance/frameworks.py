#!/usr/bin/env python3
"""Reads what frameworks print: programs of JAX or TensorFlow in every text and binary form.

  frameworks.py TOOL jax|jax_functions|tensorflow|torch

jax and tensorflow are ten programs each, jax_functions those of jax_functions.py, and torch those of
torch_programs.py as ONNX files. Takes the framework that this Python imports, of any version. Runs each form of each program on the
arguments that the framework ran it on, and compares. Prints a line for each form that is refused or
gives other values, then `VERSION: read R, values V of N`.
"""
import os
import re
import subprocess
import sys
import tempfile

import numpy as np

RANDOM = np.random.default_rng(0)
RELATIVE, ABSOLUTE = 2e-4, 2e-5


def normal(*shape):
    return RANDOM.standard_normal(shape).astype(np.float32)


def jax_programs():
    import jax
    import jax.numpy as jnp
    from jax import lax

    def mlp(x, w, v):
        return jax.nn.softmax(jax.nn.gelu(x @ w) @ v)

    def attention(q, k, v):
        scores = jnp.einsum('bhqd,bhkd->bhqk', q, k) / 8**0.5
        mask = jnp.tril(jnp.ones(scores.shape[-2:], bool))
        return jnp.einsum('bhqk,bhkd->bhqd', jax.nn.softmax(jnp.where(mask, scores, -1e9)), v)

    def convolution(x, w):
        y = lax.conv_general_dilated(x, w, (2, 2), 'SAME', feature_group_count=2)
        return lax.reduce_window(y, -jnp.inf, lax.max, (1, 1, 3, 3), (1, 1, 2, 2), 'VALID')

    def recurrent(x, w, h):
        def step(h, row):
            h = jnp.tanh(h @ w + row)
            return h, h.sum()
        return lax.scan(step, h, x)

    def newton(x):
        def step(state):
            y, i = state
            return y - (y * y - x) / (2 * y), i + 1
        return lax.while_loop(lambda s: (jnp.abs(s[0] ** 2 - x) > 1e-3).any() & (s[1] < 50), step,
                              (jnp.maximum(x, 1.0), 0))

    def solve(a, b):
        return jnp.linalg.solve(a @ a.T + jnp.eye(6), b)

    def ranking(x):
        values, indices = lax.top_k(x, 3)
        return jnp.sort(x, axis=0), values, indices, jnp.cumsum(x, axis=1)

    def spectrum(x):
        return jnp.abs(jnp.fft.rfft(x)), jnp.fft.irfft(jnp.fft.rfft(x), n=16)

    def segments(x, i):
        return jax.ops.segment_sum(x, i, num_segments=4), x[i], x.at[i].multiply(2.0)

    def training(x, w, y):
        def loss(w):
            logits = jax.nn.relu(x @ w)
            return -(jax.nn.log_softmax(logits) * jax.nn.one_hot(y, 5)).sum(-1).mean()
        value, gradient = jax.value_and_grad(loss)(w)
        key = jax.random.PRNGKey(int(3))
        noise = jax.random.uniform(key, w.shape)
        return value, w - 0.1 * gradient, noise, (gradient.astype(jnp.bfloat16) * 2).astype('float32')

    i = np.array([3, 0, 1, 0, 2, 3], np.int32)
    return {
        'mlp': (mlp, normal(4, 8), normal(8, 16), normal(16, 5)),
        'attention': (attention, normal(2, 2, 5, 8), normal(2, 2, 5, 8), normal(2, 2, 5, 8)),
        'convolution': (convolution, normal(1, 4, 12, 12), normal(6, 2, 3, 3)),
        'recurrent': (recurrent, normal(7, 4), normal(4, 4), normal(4)),
        'newton': (newton, np.abs(normal(6)) + 1),
        'solve': (solve, normal(6, 6), normal(6, 2)),
        'ranking': (ranking, normal(5, 9)),
        'spectrum': (spectrum, normal(3, 16)),
        'segments': (segments, normal(6, 3), i),
        'training': (training, normal(8, 6), normal(6, 5), np.array([0, 1, 2, 3, 4, 0, 1, 2], np.int32)),
    }


def jax_forms(programs):
    """Yields program, form, bytes, arguments, expected results."""
    import jax
    from jax import export
    for name, (function, *arguments) in programs.items():
        jitted = jax.jit(function, keep_unused=True)
        expected = jax.tree_util.tree_leaves(jitted(*arguments))
        lowered = jitted.lower(*arguments)
        exported = export.export(jitted)(*[jax.ShapeDtypeStruct(a.shape, a.dtype) for a in arguments])
        forms = {
            'as_text()': lowered.as_text(),
            'as_text("hlo")': lowered.as_text('hlo'),
            'compile().as_text()': lowered.compile().as_text(),
            'export: text': exported.mlir_module(),
            'export: bytecode': exported.mlir_module_serialized,
            'proto': lowered.compiler_ir('hlo').as_serialized_hlo_module_proto(),
        }
        for form, data in forms.items():
            yield name, form, data, arguments, expected


def tensorflow_programs():
    import tensorflow as tf

    def training(x, w, y):
        with tf.GradientTape() as tape:
            tape.watch(w)
            loss = tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(y, tf.nn.relu(x @ w)))
        return loss, w - 0.1 * tape.gradient(loss, w)

    def recurrent(x, w, h):
        return tf.scan(lambda h, row: tf.tanh(h @ w + row), x, initializer=h)

    def newton(x):
        return tf.while_loop(lambda y, i: i < 8, lambda y, i: (y - (y * y - x) / (2 * y), i + 1),
                             (x, tf.constant(0)))

    i = np.array([3, 0, 1, 0, 2, 3], np.int32)
    return {
        'mlp': (lambda x, w, v: tf.nn.softmax(tf.nn.gelu(x @ w) @ v), normal(4, 8), normal(8, 16),
                normal(16, 5)),
        'attention': (lambda q, k, v: tf.nn.softmax(q @ tf.transpose(k, [0, 2, 1])) @ v,
                      normal(2, 5, 8), normal(2, 5, 8), normal(2, 5, 8)),
        'convolution': (lambda x, w: tf.nn.max_pool2d(tf.nn.conv2d(x, w, 2, 'SAME'), 3, 2, 'VALID'),
                        normal(1, 12, 12, 4), normal(3, 3, 4, 6)),
        'recurrent': (recurrent, normal(7, 1, 4), normal(4, 4), normal(1, 4)),
        'newton': (newton, np.abs(normal(6)) + 1),
        'cholesky': (lambda a: tf.linalg.cholesky(a @ tf.transpose(a) + tf.eye(6)), normal(6, 6)),
        'ranking': (lambda x: (tf.sort(x, axis=0), tf.argmax(x, 1), tf.cumsum(x, 1)), normal(5, 9)),
        'normalisation': (lambda x: tf.nn.batch_normalization(x, *tf.nn.moments(x, [0]), 0.5, 2.0, 1e-3),
                          normal(6, 4)),
        'segments': (lambda x, i: (tf.math.unsorted_segment_sum(x, i, 4), tf.gather(x, i)),
                     normal(6, 3), i),
        'training': (training, normal(8, 6), normal(6, 5), np.array([0, 1, 2, 3, 4, 0, 1, 2], np.int32)),
    }


def tensorflow_forms():
    import tensorflow as tf
    for name, (function, *arguments) in tensorflow_programs().items():
        compiled = tf.function(function, jit_compile=True)
        tensors = [tf.constant(a) for a in arguments]
        expected = tf.nest.flatten(compiled(*tensors))
        for stage in ('hlo', 'hlo_serialized', 'optimized_hlo', 'optimized_hlo_serialized'):
            data = compiled.experimental_get_compiler_ir(*tensors)(stage=stage)
            yield name, stage, data, arguments, expected


def value_of(line):
    """Of `c64[1]=[[1.0,0.0]]` and the like."""
    shape, text = line.split('=', 1)
    words = re.findall(r'[^\s,\[\]]+', text)
    numbers = np.array([float({'true': 1, 'false': 0}.get(word, word)) for word in words])
    if shape.startswith('c'):
        numbers = numbers[0::2] + 1j * numbers[1::2]
    sizes = shape[shape.index('[') + 1:-1]
    return numbers.reshape([int(size) for size in sizes.split(',')] if sizes else [])


def fault_of(tool, path, inputs, expected):
    """Whether it was read, and what is wrong."""
    check = subprocess.run([tool, 'check', path], capture_output=True, text=True, check=False)
    if check.returncode:
        return False, check.stdout.strip()
    command = [tool, 'run', path, '--target=interpret'] + [f'--input=@{i}' for i in inputs]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return True, done.stderr.strip()
    found = [value_of(line) for line in done.stdout.splitlines()]
    if len(found) != len(expected):
        return True, f'{len(found)} results, not {len(expected)}'
    for a, b in zip(found, expected):
        b = np.asarray(b)
        b = b.astype(np.complex128 if b.dtype.kind == 'c' else np.float64)
        if a.shape != b.shape or not np.allclose(a, b, RELATIVE, ABSOLUTE, equal_nan=True):
            return True, f'{a.ravel()[:8]}, not {b.ravel()[:8]}'
    return True, ''


def main():
    tool, framework = sys.argv[1:]
    if framework == 'tensorflow':
        forms = tensorflow_forms()
    elif framework == 'jax':
        forms = jax_forms(jax_programs())
    elif framework == 'torch':
        import torch_programs
        forms = torch_programs.forms()
    else:
        import jax_functions
        forms = jax_forms(jax_functions.programs())
    count = read = equal = 0
    with tempfile.TemporaryDirectory() as scratch:
        for name, form, data, arguments, expected in forms:
            path = os.path.join(scratch, 'program')
            with open(path, 'wb') as file:
                file.write(data.encode() if isinstance(data, str) else data)
            inputs = []
            for i, argument in enumerate(arguments):
                inputs.append(os.path.join(scratch, f'{i}.npy'))
                np.save(inputs[-1], argument)
            was_read, fault = fault_of(tool, path, inputs, expected)
            count, read, equal = count + 1, read + was_read, equal + (fault == '')
            if fault:
                print(f'{name}: {form}: {fault}')
    version = sys.modules[framework.split('_')[0]].__version__
    print(f'{framework} {version}: read {read}, values {equal} of {count}')


if __name__ == '__main__':
    main()
