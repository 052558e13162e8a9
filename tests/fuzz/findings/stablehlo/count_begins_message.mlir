func.func @main(%a: tensor<2x2xf32>) -> tensor<2x2xf32> {
  %b = stablehlo.broadcast_in_dim %a, dims = [0] : (tensor<2x2xf32>) -> tensor<2x2xf32>
  return %b : tensor<2x2xf32>
}
