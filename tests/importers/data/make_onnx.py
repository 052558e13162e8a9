#!/usr/bin/env python3
"""Makes the ONNX models here with PyTorch, and prints what PyTorch computes of their inputs.

Needs torch and onnx. The weights are random; the values that tests/importers/onnx_test.cc expects
are those printed.
"""

import os

import onnx
import torch
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))


class Block(nn.Module):
    """Embedding, attention of two heads with a causal mask, and a feed-forward layer."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(7, 4)
        self.norm = nn.LayerNorm(4)
        self.qkv = nn.Linear(4, 12)
        self.out = nn.Linear(4, 4)

    def forward(self, ids):
        x = self.embedding(ids)
        batch, length, width = x.shape
        heads = self.qkv(self.norm(x)).view(batch, length, 3, 2, width // 2).permute(2, 0, 3, 1, 4)
        mixed = nn.functional.scaled_dot_product_attention(*heads.unbind(0), is_causal=True)
        mixed = mixed.transpose(1, 2).reshape(batch, length, width)
        return x + nn.functional.gelu(self.out(mixed))


class Convolutions(nn.Module):
    """A convolution in groups, batch normalization, pooling and a classifier."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 4, 3, stride=2, padding=1, groups=2, bias=False)
        self.norm = nn.BatchNorm2d(4)
        self.pool = nn.MaxPool2d(2, ceil_mode=True)
        self.out = nn.Linear(4, 3)

    def forward(self, x):
        x = nn.functional.hardswish(self.norm(self.conv(x)))
        return self.out(torch.flatten(nn.functional.adaptive_avg_pool2d(self.pool(x), 1), 1))


def export(name, model, argument, exporter_is_new):
    model.eval()
    path = os.path.join(HERE, name)
    torch.onnx.export(model, (argument,), path, input_names=["x"], output_names=["y"],
                      opset_version=18, dynamo=exporter_is_new,
                      external_data=False)
    proto = onnx.load(path)
    for node in proto.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    del proto.graph.value_info[:], proto.metadata_props[:], proto.graph.metadata_props[:]
    onnx.save(proto, path)
    with torch.no_grad():
        print(name, [float(f"{v:.7g}") for v in model(argument).flatten().tolist()])


def main():
    torch.manual_seed(1)
    export("block.onnx", Block(), torch.tensor([[1, 5, 2]]), True)
    image = torch.arange(2 * 7 * 7, dtype=torch.float32).reshape(1, 2, 7, 7) / 98 - 0.5
    export("convolutions.onnx", Convolutions(), image, False)


if __name__ == "__main__":
    main()
