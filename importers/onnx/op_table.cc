#include "importers/onnx/op_table.h"

#include <map>
#include <utility>

#include "ir/base/strings.h"

namespace eqsat::importers::onnx {
namespace {

using OpKey = std::pair<std::string_view, std::string_view>;

const std::map<OpKey, const OpEntry*>& Table() {
  static const auto* table = [] {
    auto* out = new std::map<OpKey, const OpEntry*>();
    for (absl::Span<const OpEntry> family :
         {ElementwiseOps(), ActivationOps(), ConversionOps(),     ConstantOps(),
          MovementOps(),    IndexedOps(),    ReductionOps(),      ContractionOps(),
          ConvolutionOps(), PoolingOps(),    NormalizationOps(),  QuantizationOps(),
          ResizeOps(),      AttentionOps(),  RecurrentOps(),      LossOps(),
          ControlOps(),     SamplingOps(),   RegionOps(),         SignalOps(),
          DeterminantOps(), UnpoolingOps(),  LinearAttentionOps()}) {
      for (const OpEntry& entry : family) out->emplace(OpKey(entry.domain, entry.name), &entry);
    }
    return out;
  }();
  return *table;
}

struct Advice {
  std::string_view name;
  std::string_view text;
};

constexpr std::string_view kDataSized =
    "the size of its result depends on data, and shapes of HLO do not; a mask and Where of full "
    "size "
    "say the same";
constexpr std::string_view kSequences =
    "HLO has no sequences; tensors joined by Concat, or outputs of Split, take their place";
constexpr std::string_view kOptionals = "HLO has no optional values; leave the input out instead";
constexpr std::string_view kStrings = "HLO has no strings; do this part outside the model";
constexpr std::string_view kRandom =
    "its numbers are not determined by the model; pass them in as an input";
constexpr std::string_view kTraining = "gradients are not read; export the forward graph";

constexpr Advice kAdvice[] = {
    {"NonMaxSuppression", kDataSized},
    {"Unique", kDataSized},
    {"SequenceAt", kSequences},
    {"SequenceConstruct", kSequences},
    {"SequenceEmpty", kSequences},
    {"SequenceErase", kSequences},
    {"SequenceInsert", kSequences},
    {"SequenceLength", kSequences},
    {"SequenceMap", kSequences},
    {"SplitToSequence", kSequences},
    {"ConcatFromSequence", kSequences},
    {"Optional", kOptionals},
    {"ImageDecoder", "do this part outside the model"},
    {"RegexFullMatch", kStrings},
    {"StringConcat", kStrings},
    {"StringNormalizer", kStrings},
    {"StringSplit", kStrings},
    {"TfIdfVectorizer", kStrings},
    {"LabelEncoder", kStrings},
    {"Bernoulli", kRandom},
    {"Multinomial", kRandom},
    {"RandomNormal", kRandom},
    {"RandomNormalLike", kRandom},
    {"RandomUniform", kRandom},
    {"RandomUniformLike", kRandom},
    {"Adagrad", kTraining},
    {"Adam", kTraining},
    {"Gradient", kTraining},
    {"Momentum", kTraining},
    {"Upsample", "it was replaced by Resize in opset 10"},
    {"Scatter", "it was replaced by ScatterElements in opset 11"},
};

}  // namespace

std::vector<std::string_view> OpNames() {
  std::vector<std::string_view> names;
  for (const auto& [key, entry] : Table()) names.push_back(key.second);
  return names;
}

const OpEntry* FindOp(std::string_view domain, std::string_view name) {
  auto found = Table().find({domain, name});
  return found == Table().end() ? nullptr : found->second;
}

std::string AdviceFor(std::string_view domain, std::string_view name) {
  for (const Advice& advice : kAdvice) {
    if (advice.name == name) return std::string(advice.text);
  }
  if (FindOp("", name) != nullptr) return base::StrCat(name, " of ONNX's own domain is supported");
  std::string_view nearest = base::NearestName(name, OpNames());
  if (!nearest.empty()) return base::StrCat("the nearest that is supported is ", nearest);
  if (!domain.empty()) {
    return "export the model without the operators of this domain, or add a function of this name";
  }
  return "a function of this name in the model would define it";
}

}  // namespace eqsat::importers::onnx
