// What an instruction was before passes changed it, `origin={({"a"}, {"b" {1}})}`, and what was
// measured of it, `statistics={visualizing_index=0,count=3}`, between these texts and XLA's
// messages.
#ifndef EQSAT_IMPORTERS_HLO_PROTO_ORIGIN_CODEC_H_
#define EQSAT_IMPORTERS_HLO_PROTO_ORIGIN_CODEC_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "importers/hlo_proto/hlo.pb.h"
#include "importers/hlo_proto/wire_message.h"

namespace eqsat::importers {

// Nothing if the text has another form.
std::optional<hlo::OriginalValueProto> EncodeOrigin(std::string_view text);
std::optional<hlo::StatisticsViz> EncodeStatistics(std::string_view text);

// InvalidArgument where the places of the leaves are not those of a tuple's, in order.
absl::StatusOr<std::string> DecodeOrigin(const WireMessage& proto);
std::string DecodeStatistics(const WireMessage& proto);

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_HLO_PROTO_ORIGIN_CODEC_H_
