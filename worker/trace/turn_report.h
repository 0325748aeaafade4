// A turn's record as the gateway gets it (proto/ipc.proto, TurnReport), within its limits. Pure.
#pragma once

#include <string>

#include "ipc.pb.h"
#include "worker/trace/turn_journal.h"

namespace earshot::worker {

struct TurnReportFacts {
  std::string session;
  std::string agent;
  bool text = false;  // the gateway asked for what was said
};

ipc::TurnReport turn_report(const TurnRecord& record, const TurnReportFacts& facts);

}  // namespace earshot::worker
