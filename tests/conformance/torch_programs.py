"""Networks of PyTorch, torchvision and transformers with random weights, as ONNX files.

Both of PyTorch's exporters write each, where they can; the older one lacks some operators.
"""
import io

import torch
import torch.nn.functional as F
import torchvision
import transformers
from torch import nn

torch.manual_seed(0)


class Function(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.forward = function


class First(nn.Module):
    """The first result of a module, called with `options`."""

    def __init__(self, module, **options):
        super().__init__()
        self.module = module
        self.options = options

    def forward(self, x):
        return self.module(x, **self.options)[0]


def images(x):
    return (F.interpolate(x, scale_factor=2, mode='bilinear', align_corners=False), F.avg_pool2d(x, 2),
            F.adaptive_avg_pool2d(x, 1), F.pad(x, (1, 1, 1, 1), mode='reflect'), F.pixel_shuffle(x, 2))


def rankings(x):
    first = torch.zeros(4, 1, dtype=torch.long)
    return (torch.topk(x, 2)[0], torch.cumsum(x, 1), x.argmax(1), torch.where(x > 0, x, -x),
            torch.einsum('ij,kj->ik', x, x), torch.sort(x, 1)[0], x.gather(1, first),
            torch.roll(x, 1, 0), torch.tril(x))


def of_layers(convolutions):
    return nn.Sequential(convolutions, nn.GroupNorm(2, 6), nn.InstanceNorm2d(6),
                         nn.Conv2d(6, 6, 3, groups=3, dilation=2, padding=2), nn.GELU())


def language_models():
    small = {'vocab_size': 100, 'hidden_size': 32, 'num_hidden_layers': 2, 'num_attention_heads': 4,
             'intermediate_size': 64}
    grouped = {**small, 'num_key_value_heads': 2}
    t = transformers
    return {
        'bert': First(t.BertModel(t.BertConfig(**small))),
        'distilbert': First(t.DistilBertModel(
            t.DistilBertConfig(vocab_size=100, dim=32, n_layers=2, n_heads=4, hidden_dim=64))),
        'gpt2': First(t.GPT2LMHeadModel(t.GPT2Config(vocab_size=100, n_embd=32, n_layer=2, n_head=4)),
                      use_cache=False),
        'llama': First(t.LlamaForCausalLM(t.LlamaConfig(**grouped)), use_cache=False),
        'qwen2': First(t.Qwen2ForCausalLM(t.Qwen2Config(**grouped)), use_cache=False),
        't5 encoder': First(t.T5EncoderModel(
            t.T5Config(vocab_size=100, d_model=32, d_kv=8, num_layers=2, num_heads=4, d_ff=64))),
    }


def programs():
    """Name, module, argument."""
    attention = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True)
    yield 'encoder', nn.TransformerEncoder(attention, 2), torch.randn(2, 5, 16)
    yield 'lstm', First(nn.LSTM(8, 6, 2, bidirectional=True, batch_first=True)), torch.randn(2, 5, 8)
    yield 'gru', First(nn.GRU(8, 6, batch_first=True)), torch.randn(2, 5, 8)
    yield 'images', Function(images), torch.randn(1, 4, 6, 6)
    yield 'rankings', Function(rankings), torch.randn(4, 6)
    yield ('convolutions', of_layers(nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1, output_padding=1)),
           torch.randn(1, 4, 6, 6))
    yield ('attention', Function(lambda x: F.scaled_dot_product_attention(x, x, x, is_causal=True)),
           torch.randn(1, 2, 5, 8))
    for name in ('resnet18', 'mobilenet_v2', 'mobilenet_v3_small', 'efficientnet_b0', 'swin_t',
                 'convnext_tiny', 'densenet121', 'squeezenet1_1', 'shufflenet_v2_x0_5',
                 'regnet_y_400mf'):
        yield name, getattr(torchvision.models, name)(weights=None), torch.randn(1, 3, 64, 64)
    yield 'vit_b_16', torchvision.models.vit_b_16(weights=None), torch.randn(1, 3, 224, 224)
    for name, module in language_models().items():
        yield name, module, torch.randint(0, 99, (1, 7))


def forms():
    """Yields program, exporter, bytes, arguments, expected results."""
    for name, module, argument in programs():
        module.eval()
        with torch.no_grad():
            results = module(argument)
        expected = [r.numpy() for r in (results if isinstance(results, tuple) else [results])]
        for dynamo in (True, False):
            file = io.BytesIO()
            try:
                if dynamo:
                    torch.onnx.export(module, (argument,), dynamo=True, verbose=False).save(file)
                else:
                    torch.onnx.export(module, (argument,), file, dynamo=False, opset_version=17)
            except torch.onnx.errors.OnnxExporterError:
                continue
            yield name, f'dynamo={dynamo}', file.getvalue(), [argument.numpy()], expected
