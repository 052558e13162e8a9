"""Functions of jax.numpy, jax.nn, jax.scipy and jax.lax, each as a program of its own.

The names that an older JAX lacks are left out. Not here: products in bf16, whose sums XLA may keep in
f32. Of eigenvectors and the like no more is compared than does not depend on their signs.
"""
import jax
import jax.numpy as jnp
import jax.scipy as jsp
import numpy as np
from jax import lax

RANDOM = np.random.default_rng(1)


def normal(*shape):
    return RANDOM.standard_normal(shape).astype(np.float32)


A, B, SQUARE, V = normal(4, 6), normal(6, 5), normal(5, 5), normal(7)
POSITIVE = (SQUARE @ SQUARE.T + 5 * np.eye(5)).astype(np.float32)
UNIT = (RANDOM.random(7) * 0.8 + 0.1).astype(np.float32)
INTS, OTHER_INTS = RANDOM.integers(-9, 9, (2, 4, 6)).astype(np.int32)
INDICES = np.array([3, 0, 2], np.int32)
IMAGE, KERNEL = normal(2, 8, 8, 3), normal(3, 3, 3, 4)
COMPLEX = (normal(8) + 1j * normal(8)).astype(np.complex64)

# A module, its functions of one kind, and the arguments that all of them take.
TABLE = [
    (jnp, 'abs arcsinh arctan cbrt ceil cos cosh deg2rad exp exp2 expm1 floor isfinite isinf isnan '
     'logical_not negative rad2deg reciprocal rint sign signbit sin sinc sinh square tan tanh trunc '
     'i0 sort argsort cumsum cumprod diff median mean std var ptp max min argmax argmin nanmax nansum '
     'nanmean nan_to_num prod sum flip ravel count_nonzero all any', (A,)),
    (jnp, 'arccos arcsin arctanh log log10 log1p log2 sqrt unwrap gradient vander trapezoid', (UNIT,)),
    (jnp, 'add arctan2 copysign divide floor_divide fmax fmin fmod heaviside hypot logaddexp logaddexp2 '
     'maximum minimum mod multiply nextafter remainder subtract equal greater less logical_and '
     'logical_xor', (A, A[::-1].copy())),
    (jnp, 'power float_power convolve correlate inner outer vdot polyval', (UNIT, UNIT[::-1].copy())),
    (jnp, 'bitwise_and bitwise_or bitwise_xor gcd lcm', (INTS, OTHER_INTS)),
    (jnp, 'left_shift right_shift floor_divide remainder', (INTS, np.abs(OTHER_INTS) % 5 + 1)),
    (jnp, 'bitwise_not abs sign cumsum sort max bitwise_count', (INTS,)),
    (jnp, 'cov corrcoef tril triu trace rot90 fliplr', (SQUARE,)),
    (jnp, 'matmul kron', (A, B)),
    (jnp.linalg, 'det inv norm', (POSITIVE,)),
    (jnp.linalg, 'cholesky eigvalsh slogdet cond', (POSITIVE,)),
    (jnp.linalg, 'pinv svdvals matrix_rank qr', (A,)),
    (jsp.linalg, 'expm', (SQUARE * 0.2,)),
    (jsp.linalg, 'sqrtm lu', (POSITIVE,)),
    (jsp.linalg, 'hessenberg', (SQUARE,)),
    (jsp.special, 'gammaln digamma erf erfc erfinv expit logit i0e i1 i1e ndtr ndtri log_ndtr entr spence '
     'gamma loggamma expi factorial', (UNIT,)),
    (jsp.special, 'xlogy betaln gammainc gammaincc rel_entr kl_div xlog1py beta', (UNIT, UNIT + 0.3)),
    (jsp.special, 'betainc', (UNIT + 0.5, UNIT + 1, UNIT)),
    (jsp.special, 'logsumexp', (A,)),
    (jsp.stats.norm, 'logpdf cdf', (V,)),
    (jax.nn, 'relu relu6 sigmoid softplus soft_sign silu log_sigmoid leaky_relu hard_sigmoid hard_silu '
     'hard_tanh elu celu selu gelu glu squareplus mish log_softmax softmax standardize', (A,)),
    (lax, 'rsqrt', (UNIT,)),
    (lax, 'clz population_count', (INTS,)),
]


def convolve(x, kernel, stride=1, padding='SAME', **options):
    return lax.conv_general_dilated(x, kernel, (stride, stride), padding,
                                    dimension_numbers=('NHWC', 'HWIO', 'NHWC'), **options)


def pool(x, init, fold, padding='SAME'):
    return lax.reduce_window(x, init, fold, (1, 2, 2, 1), (1, 2, 2, 1), padding)


def of_key(draw):
    return lambda v: draw(jax.random.key(3)) + v[:4]


def composed(factors):
    """u·s·vᴴ of the singular value decomposition, and its like."""
    u, values, vh = factors
    return (u * values[..., None, :]) @ vh, values


# Name: function, arguments.
OTHERS = {
    'eigh': (lambda a: composed((lambda w, v: (v, w, v.T))(*jnp.linalg.eigh(a))), POSITIVE),
    'eig': (lambda a: jnp.sort(jnp.abs(jnp.linalg.eigvals(a))), SQUARE),
    'svd': (lambda a: composed(jnp.linalg.svd(a, full_matrices=False)), A),
    'svd of many': (lambda a: jnp.real(composed(jnp.linalg.svd(a, full_matrices=False))[0]),
                    (normal(2, 3, 5) + 1j * normal(2, 3, 5)).astype(np.complex64)),
    'schur': (lambda a: (lambda t, z: z @ t @ z.T)(*jsp.linalg.schur(a)), SQUARE),
    'polar': (lambda a: jsp.linalg.polar(a, method='svd'), POSITIVE),
    'lstsq': (lambda a, b: jnp.linalg.lstsq(a, b)[0], B, V[:6].copy()),
    'tridiagonal_solve': (lambda d, b: lax.linalg.tridiagonal_solve(d, d + 5, d, b), V[:5].copy(),
                          normal(5, 2)),
    'lu_solve': (lambda a, b: jsp.linalg.lu_solve(jsp.linalg.lu_factor(a), b), SQUARE, V[:5].copy()),
    'gradient of eigvalsh': (jax.grad(lambda a: jnp.linalg.eigvalsh(a)[0]), POSITIVE),
    'where': (lambda a: jnp.where(a > 0, a, a * 2), A),
    'select': (lambda a: jnp.select([a > 1, a > 0], [a, a * 2], -a), A),
    'clip': (lambda a: jnp.clip(a, -0.5, 0.5), A),
    'roll': (lambda a: jnp.roll(a, 2, 1), A),
    'pad edge': (lambda a: jnp.pad(a, 2, mode='edge'), A),
    'pad reflect': (lambda a: jnp.pad(a, 2, mode='reflect'), A),
    'pad wrap': (lambda a: jnp.pad(a, 1, mode='wrap'), A),
    'tile': (lambda a: jnp.tile(a, (2, 3)), A),
    'repeat': (lambda a: jnp.repeat(a, 3, 1), A),
    'einsum': (lambda a, b: jnp.einsum('ij,jk->ki', a, b), A, B),
    'take': (lambda a, i: jnp.take(a, i, axis=1), A, INDICES),
    'index pairs': (lambda a, i: a[i % 4, i], A, INDICES),
    'set': (lambda a, i: a.at[:, i].set(1.5), A, INDICES),
    'add at': (lambda a, i: a.at[i % 4].add(2.0), A, INDICES),
    'multiply at': (lambda a, i: a.at[i % 4, i].multiply(3.0), A, INDICES),
    'min at': (lambda a, i: a.at[i % 4].min(0.0), A, INDICES),
    'one_hot': (lambda i: jax.nn.one_hot(i, 6), INDICES),
    'segment_sum': (lambda v, i: jax.ops.segment_sum(v[:3], i, 6), V, INDICES),
    'searchsorted': (lambda v, u: jnp.searchsorted(jnp.sort(v), u), V, UNIT),
    'histogram': (lambda v: jnp.histogram(v, 5)[0], V),
    'interp': (lambda x: jnp.interp(x, jnp.arange(5.0), jnp.arange(5.0) ** 2), UNIT),
    'bincount': (lambda i: jnp.bincount(i, length=8), INDICES),
    'quantile': (lambda v: jnp.quantile(v, 0.3), V),
    'nonzero': (lambda v: jnp.nonzero(v > 0, size=7)[0], V),
    'unique': (lambda i: jnp.unique(i, size=3), INDICES),
    'lexsort': (lambda a, b: jnp.lexsort((a, b)), V, UNIT),
    'solve': (jnp.linalg.solve, POSITIVE, V[:5].copy()),
    'matrix_power': (lambda x: jnp.linalg.matrix_power(x, 3), SQUARE),
    'solve_triangular': (lambda a, b: jsp.linalg.solve_triangular(a, b, lower=True), POSITIVE,
                         V[:5].copy()),
    'fft': (lambda c: jnp.abs(jnp.fft.fft(c)), COMPLEX),
    'ifft': (lambda c: jnp.real(jnp.fft.ifft(c)), COMPLEX),
    'rfft': (lambda v: jnp.abs(jnp.fft.rfft(v)), V),
    'irfft': (lambda v: jnp.fft.irfft(jnp.fft.rfft(v), 7), V),
    'fft2': (lambda a: jnp.abs(jnp.fft.fft2(a)), A),
    'dct': (jsp.fft.dct, V),
    'conv same': (convolve, IMAGE, KERNEL),
    'conv dilated': (lambda x, k: convolve(x, k, 2, 'VALID', rhs_dilation=(2, 2)), IMAGE, KERNEL),
    'conv depthwise': (lambda x, k: convolve(x, k, feature_group_count=3), IMAGE, normal(3, 3, 1, 6)),
    'conv transposed': (lambda x, k: lax.conv_transpose(x, k, (2, 2), 'SAME'), IMAGE, KERNEL),
    'conv gradient': (jax.grad(lambda x, k: (convolve(x, k, 2) ** 2).sum(), argnums=(0, 1)), IMAGE,
                      KERNEL),
    'max pool': (lambda x: pool(x, -jnp.inf, lax.max), IMAGE),
    'max pool gradient': (jax.grad(lambda x: (pool(x, -jnp.inf, lax.max) ** 2).sum()), IMAGE),
    'mean pool': (lambda x: pool(x, 0.0, lax.add, 'VALID') / 4, IMAGE),
    'resize': (lambda x: jax.image.resize(x, (2, 5, 6, 3), 'bilinear'), IMAGE),
    'resize cubic': (lambda x: jax.image.resize(x, (2, 12, 12, 3), 'cubic'), IMAGE),
    'scan': (lambda v: lax.scan(lambda c, x: (c * 0.5 + x, c), 0.0, v), V),
    'while': (lambda v: lax.while_loop(lambda s: s[0] < 9, lambda s: (s[0] + 1, s[1] * 1.1), (0, v)), V),
    'cond': (lambda v: lax.cond(v.sum() > 0, lambda x: x * 2, lambda x: x - 1, v), V),
    'switch': (lambda v: lax.switch(jnp.int32(1), [jnp.cos, lambda x: x * 3, jnp.sin], v), V),
    'associative_scan': (lambda v: lax.associative_scan(jnp.multiply, v), V),
    'cummax': (lambda a: lax.cummax(a, 1), A),
    'cumlogsumexp': (lambda a: lax.cumlogsumexp(a, 1), A),
    'top_k': (lambda a: lax.top_k(a, 3), A),
    'sort pairs': (lambda a, b: lax.sort((a, b), num_keys=1), V, UNIT),
    'dynamic_slice': (lambda a, i: lax.dynamic_slice(a, (i[0], i[1]), (2, 3)), A, INDICES),
    'dynamic_update': (lambda a, i: lax.dynamic_update_slice(a, a[:2, :2] * 9, (i[0], i[1])), A, INDICES),
    'reduce_precision': (lambda a: lax.reduce_precision(a, 5, 10), A),
    'bitcast': (lambda a: lax.bitcast_convert_type(a, jnp.int32) >> 4, A),
    'bits': (lambda v: jax.random.bits(jax.random.key(1), (5,), 'uint16') + v[:5].astype('uint16'), UNIT),
    'random normal': (of_key(lambda key: jax.random.normal(key, (4,))), V),
    'random uniform': (of_key(lambda key: jax.random.uniform(key, (4,))), V),
    'random gumbel': (of_key(lambda key: jax.random.gumbel(key, (4,))), V),
    'random gamma': (lambda v: jax.random.gamma(jax.random.key(3), jnp.abs(v) + 0.5), V),
    'random permutation': (lambda v: jax.random.permutation(jax.random.key(3), v), V),
    'random poisson': (lambda v: jax.random.poisson(jax.random.key(3), jnp.abs(v) * 3), V),
    'gradient of softmax': (jax.grad(lambda a: (jax.nn.softmax(a) ** 2).sum()), A),
    'gradient of sort': (jax.grad(lambda a: (jnp.sort(a) * jnp.arange(6.0)).sum()), A),
    'gradient of cumprod': (jax.grad(lambda a: jnp.cumprod(a, 1).sum()), A),
    'hessian': (jax.hessian(lambda v: (jnp.sin(v) * v ** 2).sum()), V),
    'jacobian': (jax.jacfwd(lambda v: jnp.cumsum(jnp.tanh(v))), V),
    'vmap': (jax.vmap(lambda row: jnp.sort(row) @ row), A),
    'f16': (lambda a: jnp.tanh(a.astype(jnp.float16)), A),
    'f8': (lambda a: a.astype(jnp.float8_e4m3fn).astype(jnp.float32), A),
    'i4': (lambda a: a.astype(jnp.int4).astype(jnp.int32), INTS % 7),
    'i8 product': (lambda a: lax.dot(a.astype('int8'), a.T.astype('int8'),
                                     preferred_element_type=jnp.int32), INTS),
    'complex exp': (lambda c: jnp.abs(jnp.exp(c)), COMPLEX),
    'complex sqrt': (lambda c: jnp.real(jnp.sqrt(c)), COMPLEX),
    'complex log': (lambda c: jnp.imag(jnp.log(c)), COMPLEX),
    'complex tanh': (lambda c: jnp.real(jnp.tanh(c)), COMPLEX),
    'complex power': (lambda c: jnp.abs(c ** 1.5), COMPLEX),
}


def programs():
    """Name: function, arguments."""
    out = dict(OTHERS)
    for module, names, arguments in TABLE:
        for name in names.split():
            kind = arguments[0].dtype.name
            if hasattr(module, name):
                out[f'{module.__name__}.{name} {kind}'] = (getattr(module, name), *arguments)
    return out
