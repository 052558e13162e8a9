#include "tests/random_graphs/recipes.h"

namespace eqsat::random_graphs {
namespace {

// One device alone: what remains is the shapes and the graph around.
ir::ReplicaGroups Alone() {
  ir::ReplicaGroups groups;
  groups.groups = {{0}};
  return groups;
}

void AllReduce(Draft& d, OpCode opcode) {
  InstructionId a = d.Any(IsNumber);
  ir::AllReduceAttributes attributes;
  attributes.replica_groups = Alone();
  d.Add(opcode, {a}, attributes, {d.ScalarRegion(OpCode::kAdd, d.shape(a).element_type())});
}

void AlongDimension(Draft& d, OpCode opcode) {
  InstructionId a = d.Any(IsNumber, 1);
  const Shape shape = d.shape(a);
  ir::GatherScatterCollectiveAttributes attributes;
  attributes.replica_groups = Alone();
  attributes.dimensions = {d.Between(0, shape.rank() - 1)};
  std::vector<ir::ComputationId> called;
  if (opcode == OpCode::kReduceScatter)
    called.push_back(d.ScalarRegion(OpCode::kAdd, shape.element_type()));
  d.Add(opcode, {a}, attributes, called, &shape);
}

void Permute(Draft& d, OpCode opcode) {
  ir::CollectivePermuteAttributes attributes;
  if (d.Chance(70)) attributes.source_target_pairs = {{0, 0}};
  d.Add(opcode, {d.Any(IsAny)}, attributes);
}

void DeviceNumber(Draft& d, OpCode opcode) { d.Add(opcode, {}); }

}  // namespace

void AddCollectives(Recipes& recipes) {
  using enum OpCode;
  recipes.insert(recipes.end(), {{kAllReduce, AllReduce},
                                 {kAllGather, AlongDimension},
                                 {kAllToAll, AlongDimension},
                                 {kReduceScatter, AlongDimension},
                                 {kCollectivePermute, Permute},
                                 {kReplicaId, DeviceNumber},
                                 {kPartitionId, DeviceNumber}});
}

}  // namespace eqsat::random_graphs
