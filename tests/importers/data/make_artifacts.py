"""Writes the portable artifacts beside this file and StableHLO's own text of each.

Run it where `pip install jax` has been run (made with jaxlib 0.10.2). Each program is serialized for
old and new versions of the format; NAME.VERSION.mlir is what jaxlib reads back from NAME.VERSION.mlir.bc.
"""

import pathlib

from jax._src.interpreters import mlir as jax_mlir
from jax._src.lib import _jax
from jaxlib.mlir import ir
from jaxlib.mlir.dialects import stablehlo

OPERATIONS = """
module @operations attributes {mhlo.num_partitions = 1 : i32} {
  func.func public @main(%x: tensor<2x3xf32> {mhlo.sharding = "{replicated}"}, %i: tensor<i32>)
      -> (tensor<2x2xf32> {jax.result_info = "y"}) {
    %w = stablehlo.constant dense<[[1.0, 2.0], [-3.5, 0x7F800000], [5.0, 1.0e-20]]> : tensor<3x2xf32>
    %d = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0], precision = [HIGH, HIGHEST]
        : (tensor<2x3xf32>, tensor<3x2xf32>) -> tensor<2x2xf32>
    %zero = stablehlo.constant dense<0.0> : tensor<f32>
    %r = stablehlo.reduce(%x init: %zero) applies stablehlo.add across dimensions = [1]
        : (tensor<2x3xf32>, tensor<f32>) -> tensor<2xf32>
    %b = stablehlo.broadcast_in_dim %r, dims = [0] : (tensor<2xf32>) -> tensor<2x2xf32>
    %p = stablehlo.compare LT, %d, %b, TOTALORDER : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xi1>
    %s = stablehlo.select %p, %d, %b : tensor<2x2xi1>, tensor<2x2xf32>
    %one = stablehlo.constant dense<1> : tensor<i32>
    %loop:2 = stablehlo.while(%n = %i, %v = %s) : tensor<i32>, tensor<2x2xf32>
      cond {
        %limit = stablehlo.constant dense<10> : tensor<i32>
        %more = stablehlo.compare LT, %n, %limit, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
        stablehlo.return %more : tensor<i1>
      } do {
        %next = stablehlo.add %n, %one : tensor<i32>
        %e = stablehlo.exponential %v : tensor<2x2xf32>
        stablehlo.return %next, %e : tensor<i32>, tensor<2x2xf32>
      }
    %c = "stablehlo.case"(%i) ({
      stablehlo.return %loop#1 : tensor<2x2xf32>
    }, {
      %t = stablehlo.transpose %loop#1, dims = [1, 0] : (tensor<2x2xf32>) -> tensor<2x2xf32>
      stablehlo.return %t : tensor<2x2xf32>
    }) : (tensor<i32>) -> tensor<2x2xf32>
    %f = func.call @helper(%c) : (tensor<2x2xf32>) -> tensor<2x2xf32>
    return %f : tensor<2x2xf32> loc("jit(main)/return")
  }
  func.func private @helper(%x: tensor<2x2xf32>) -> tensor<2x2xf32> {
    %sorted = "stablehlo.sort"(%x) <{dimension = 1 : i64, is_stable = true}> ({
    ^bb0(%a: tensor<f32>, %b: tensor<f32>):
      %p = stablehlo.compare GT, %a, %b, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      stablehlo.return %p : tensor<i1>
    }) : (tensor<2x2xf32>) -> tensor<2x2xf32>
    %z = stablehlo.constant dense<0.0> : tensor<f32>
    %pad = stablehlo.pad %sorted, %z, low = [0, 1], high = [1, -1], interior = [0, 2]
        : (tensor<2x2xf32>, tensor<f32>) -> tensor<3x4xf32>
    %slice = stablehlo.slice %pad [0:2, 0:4:2] : (tensor<3x4xf32>) -> tensor<2x2xf32>
    return %slice : tensor<2x2xf32>
  }
}
"""

INDEXED = """
module @indexed {
  func.func @main(%x: tensor<4x8x8x2xf32>, %k: tensor<3x3x2x6xf32>, %i: tensor<5x1xi32>)
      -> (tensor<4x4x4x6xf32>, tensor<5x8x8x2xf32>, tensor<4x8x8x2xf32>) {
    %c = stablehlo.convolution(%x, %k) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f],
        window = {stride = [2, 2], pad = [[0, 1], [1, 0]], rhs_dilate = [1, 1]}
        {batch_group_count = 1 : i64, feature_group_count = 1 : i64}
        : (tensor<4x8x8x2xf32>, tensor<3x3x2x6xf32>) -> tensor<4x4x4x6xf32>
    %g = "stablehlo.gather"(%x, %i) <{
        dimension_numbers = #stablehlo.gather<offset_dims = [1, 2, 3], collapsed_slice_dims = [0],
                                              start_index_map = [0], index_vector_dim = 1>,
        slice_sizes = array<i64: 1, 8, 8, 2>, indices_are_sorted = true}>
        : (tensor<4x8x8x2xf32>, tensor<5x1xi32>) -> tensor<5x8x8x2xf32>
    %s = "stablehlo.scatter"(%x, %i, %g) <{
        scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [1, 2, 3],
            inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>,
        unique_indices = true}> ({
    ^bb0(%a: tensor<f32>, %b: tensor<f32>):
      %sum = stablehlo.add %a, %b : tensor<f32>
      stablehlo.return %sum : tensor<f32>
    }) : (tensor<4x8x8x2xf32>, tensor<5x1xi32>, tensor<5x8x8x2xf32>) -> tensor<4x8x8x2xf32>
    return %c, %g, %s : tensor<4x4x4x6xf32>, tensor<5x8x8x2xf32>, tensor<4x8x8x2xf32>
  }
}
"""

VALUES = """
module @values {
  func.func @main(%q: tensor<4xf32>,
                  %d: tensor<?x4xf32, #stablehlo.bounds<8, ?>>, %t: !stablehlo.token)
      -> tensor<4xf32> {
    %b = stablehlo.constant dense<[true, false, true, true, false, false, true, false, true, true]> : tensor<10xi1>
    %all = stablehlo.constant dense<true> : tensor<20xi1>
    %few = stablehlo.constant dense<[true, false]> : tensor<2xi1>
    %n = stablehlo.constant dense<[-8, -1, 0, 7]> : tensor<4xi4>
    %u = stablehlo.constant dense<[15, 1]> : tensor<2xui4>
    %h = stablehlo.constant dense<[1.5, -2.0]> : tensor<2xbf16>
    %f8 = stablehlo.constant dense<[1.5, -2.0]> : tensor<2xf8E4M3FN>
    %z = stablehlo.constant dense<[(1.0, -2.0), (0.5, 0.25)]> : tensor<2xcomplex<f32>>
    %l = stablehlo.constant dense<[-9223372036854775808, 9223372036854775807]> : tensor<2xi64>
    %w = stablehlo.constant dense<18446744073709551615> : tensor<ui64>
    %e = stablehlo.constant dense<> : tensor<0x3xi16>
    %call:2 = stablehlo.custom_call @target(%h, %l) {
        backend_config = "opaque", has_side_effect = true, api_version = 2 : i32,
        called_computations = [@main], mhlo.frontend_attributes = {a = "b"},
        operand_layouts = [dense<0> : tensor<1xindex>, dense<0> : tensor<1xindex>],
        result_layouts = [dense<0> : tensor<1xindex>, dense<0> : tensor<1xindex>],
        output_operand_aliases = [#stablehlo.output_operand_alias<output_tuple_indices = [0],
                                  operand_index = 1, operand_tuple_indices = []>]}
        : (tensor<2xbf16>, tensor<2xi64>) -> (tensor<2xi64>, tensor<2xbf16>)
    %a = "stablehlo.all_gather"(%q) <{all_gather_dim = 0 : i64,
        channel_handle = #stablehlo.channel_handle<handle = 7, type = 0>,
        replica_groups = dense<[[0], [1]]> : tensor<2x1xi64>, use_global_device_ids}>
        : (tensor<4xf32>) -> tensor<4xf32>
    %rng, %bits = stablehlo.rng_bit_generator %l, algorithm = THREE_FRY : (tensor<2xi64>) -> (tensor<2xi64>, tensor<4xui32>)
    return %a : tensor<4xf32>
  }
}
"""

NEW = """
module @new {
  func.func private @mesh()
  func.func @main(%x: tensor<4xf32>, %a: tensor<2x4x4xf32>) -> tensor<4xf32> {
    %e = "stablehlo.exponential"(%x) <{result_accuracy = #stablehlo.result_accuracy<
        atol = 1.0e-5, ulps = 2, mode = #stablehlo.result_accuracy_mode<TOLERANCE>>}>
        : (tensor<4xf32>) -> tensor<4xf32>
    %d = stablehlo.dot_general %a, %a, batching_dims = [0] x [0], contracting_dims = [2] x [1],
        algorithm = <lhs_precision_type = tf32, rhs_precision_type = tf32, accumulation_type = f32,
                     lhs_component_count = 1, rhs_component_count = 1,
                     num_primitive_operations = 3, allow_imprecise_accumulation = false>
        : (tensor<2x4x4xf32>, tensor<2x4x4xf32>) -> tensor<2x4x4xf32>
    %c = stablehlo.composite "ns.f" %e {composite_attributes = {n = 1 : i64, s = "x", f = 1.5 : f32,
        b = true, l = [1 : i32, 2 : i32], t = tensor<2xf32>}, decomposition = @f, version = 2 : i32}
        : (tensor<4xf32>) -> tensor<4xf32>
    return %c : tensor<4xf32>
  }
  func.func private @f(%x: tensor<4xf32>) -> tensor<4xf32> {
    return %x : tensor<4xf32>
  }
}
"""

ASYNC = """
module @async {
  func.func @main(%c: tensor<4xf32>) -> tensor<8xf32> {
    %start = "stablehlo.async_start"(%c) ({
    ^bb0(%y: tensor<4xf32>):
      %g = "stablehlo.all_gather"(%y) <{all_gather_dim = 0 : i64,
          channel_handle = #stablehlo.channel_handle<handle = 1, type = 0>,
          replica_groups = dense<[[0, 1]]> : tensor<1x2xi64>, use_global_device_ids}>
          : (tensor<4xf32>) -> tensor<8xf32>
      stablehlo.return %g : tensor<8xf32>
    }) : (tensor<4xf32>) -> !stablehlo.future<tensor<8xf32>>
    %done = "stablehlo.async_done"(%start) : (!stablehlo.future<tensor<8xf32>>) -> tensor<8xf32>
    return %done : tensor<8xf32>
  }
}
"""

SHARDED = """
module @sharded {
  sdy.mesh @mesh = <["x"=2, "y"=4]>
  sdy.mesh @reordered = <["x"=2], device_ids=[1, 0]>
  func.func @main(
      %a: tensor<8x8xf32> {sdy.sharding = #sdy.sharding<@mesh, [{"x", ?}p1, {"y":(2)2}], replicated={"y":(1)2}>},
      %b: tensor<8x8xf32> {sdy.sharding = #sdy.sharding<@mesh, [{?}, {}], replicated={"x"}>},
      %c: tensor<f32> {sdy.sharding = #sdy.sharding<mesh<["z"=3]>, []>}) -> tensor<8x8xf32> {
    %s = sdy.sharding_constraint %a <@mesh, [{"x"}, {}]> : tensor<8x8xf32>
    %r = stablehlo.add %s, %b {sdy.sharding = #sdy.sharding_per_value<[<@mesh, [{"x"}, {}]>]>} : tensor<8x8xf32>
    return %r : tensor<8x8xf32>
  }
}
"""

# jaxlib has no text for quantized types of StableHLO, so this is VHLO and its meaning written by hand.
QUANTIZED_TYPES = (
    "!vhlo.tensor_v1<4x!vhlo.quant_v1<!vhlo.i8_v1:!vhlo.f32_v1, 1.250000e-01:3, -127:127, 1>>",
    "!vhlo.tensor_v1<3x!vhlo.quant_per_axis_v1<!vhlo.i8_v1:!vhlo.f32_v1, 0,"
    " [5.000000e-01, 2.500000e-01, 2.000000e+00], [1, 0, 7], 0:255, 0>>",
)
QUANTIZED_VHLO = """
"builtin.module"() ({
  "vhlo.func_v1"() <{arg_attrs = #vhlo.array_v1<[]>, res_attrs = #vhlo.array_v1<[]>,
      function_type = #vhlo.type_v1<!vhlo.func_v1<(AA, BB) -> CC>>,
      sym_name = #vhlo.string_v1<"main">, sym_visibility = #vhlo.string_v1<"">}> ({
  ^bb0(%a: AA, %b: BB):
    %c = "vhlo.uniform_dequantize_v1"(%a) : (AA) -> CC
    "vhlo.return_v1"(%c) : (CC) -> ()
  }) : () -> ()
}) : () -> ()
""".replace("AA", QUANTIZED_TYPES[0]).replace("BB", QUANTIZED_TYPES[1]).replace(
    "CC", "!vhlo.tensor_v1<4x!vhlo.f32_v1>")
QUANTIZED_TEXT = """\
module {
  func.func @main(%a: tensor<4x!quant.uniform<i8<-127:127>:f32, 0.125:3>>,
                  %b: tensor<3x!quant.uniform<u8:f32:0, {0.5:1, 0.25, 2.0:7}>>) -> tensor<4xf32> {
    %c = stablehlo.uniform_dequantize %a : (tensor<4x!quant.uniform<i8<-127:127>:f32, 0.125:3>>) -> tensor<4xf32>
    return %c : tensor<4xf32>
  }
}
"""

OLD = ["0.9.0", "0.13.0", "0.14.0", "1.17.0"]
PROGRAMS = {
    "operations": (OPERATIONS, OLD),
    "indexed": (INDEXED, ["0.9.0", "1.17.0"]),
    "values": (VALUES, OLD[:1] + ["1.0.0"]),
    "new": (NEW, ["1.17.0"]),
    "async": (ASYNC, ["1.17.0"]),
}


def with_locations(module):
    return module.operation.get_asm(enable_debug_info=True)


def write_sharded(folder):
    """Mixed with the dialect sdy, as jax.export writes it."""
    with jax_mlir.make_ir_context() as context, ir.Location.unknown():
        module = ir.Module.parse(SHARDED)
        artifact = _jax.mlir.serialize_portable_artifact(module, "1.15.0", True)
        (folder / "sharded.1.15.0.mlir.bc").write_bytes(artifact)
        (folder / "sharded.1.15.0.mlir").write_text(with_locations(module))


def write_quantized(folder, some_artifact):
    with jax_mlir.make_ir_context() as context, ir.Location.unknown():
        ir.Module.parse(some_artifact, context=context)  # makes the dialect known
        module = ir.Module.parse(QUANTIZED_VHLO)
        with open(folder / "quantized.mlir.bc", "wb") as file:
            module.operation.write_bytecode(file)
    (folder / "quantized.mlir").write_text(QUANTIZED_TEXT)


def main():
    folder = pathlib.Path(__file__).parent
    for name, (text, versions) in PROGRAMS.items():
        with jax_mlir.make_ir_context() as context, ir.Location.unknown():
            module = with_locations(ir.Module.parse(text))
            for version in versions:
                artifact = stablehlo.serialize_portable_artifact_str(module, version)
                read_back = stablehlo.deserialize_portable_artifact(context, artifact)
                path = folder / f"{name}.{version}.mlir"
                path.write_text(with_locations(read_back))
                path.with_suffix(".mlir.bc").write_bytes(artifact)
    write_sharded(folder)
    write_quantized(folder, artifact)


if __name__ == "__main__":
    main()
