module {
  func.func @main(%a: tensor<4x!quant.uniform<i8<-127:127>:f32, 0.125:3>>,
                  %b: tensor<3x!quant.uniform<u8:f32:0, {0.5:1, 0.25, 2.0:7}>>) -> tensor<4xf32> {
    %c = stablehlo.uniform_dequantize %a : (tensor<4x!quant.uniform<i8<-127:127>:f32, 0.125:3>>) -> tensor<4xf32>
    return %c : tensor<4xf32>
  }
}
