func.func @main() -> tensor<4000000000xf32> {
  %c = stablehlo.constant dense<1.0> : tensor<4000000000xf32>
  return %c : tensor<4000000000xf32>
}
