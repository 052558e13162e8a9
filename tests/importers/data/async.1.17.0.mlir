#loc2 = loc("-":3:19)
#loc4 = loc("-":5:10)
module @async {
  func.func @main(%arg0: tensor<4xf32> loc("-":3:19)) -> tensor<8xf32> {
    %0 = "stablehlo.async_start"(%arg0) ({
    ^bb0(%arg1: tensor<4xf32> loc("-":5:10)):
      %2 = "stablehlo.all_gather"(%arg1) <{all_gather_dim = 0 : i64, channel_handle = #stablehlo.channel_handle<handle = 1, type = 0>, replica_groups = dense<[[0, 1]]> : tensor<1x2xi64>, use_global_device_ids}> : (tensor<4xf32>) -> tensor<8xf32> loc(#loc5)
      stablehlo.return %2 : tensor<8xf32> loc(#loc6)
    }) : (tensor<4xf32>) -> !stablehlo.future<tensor<8xf32>> loc(#loc3)
    %1 = "stablehlo.async_done"(%0) : (!stablehlo.future<tensor<8xf32>>) -> tensor<8xf32> loc(#loc7)
    return %1 : tensor<8xf32> loc(#loc8)
  } loc(#loc1)
} loc(#loc)
#loc = loc("-":2:1)
#loc1 = loc("-":3:3)
#loc3 = loc("-":4:14)
#loc5 = loc("-":6:12)
#loc6 = loc("-":10:7)
#loc7 = loc("-":12:13)
#loc8 = loc("-":13:5)
