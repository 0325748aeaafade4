#include "gateway/api/routes/doctor_route.h"

namespace earshot::gateway {

void add_doctor_route(api::ApiRouter& routes, const std::unique_ptr<Doctor>& doctor) {
  routes.read("/api/v1/doctor", api::Scope::kSystemRead, [&doctor](const api::CallPtr& call) {
    const bool begun =
        doctor != nullptr && doctor->examine([call](const json::object& answer) { call->answer(answer); });
    if (!begun) call->fail(503, "the doctor is busy; try again in a few seconds");
  });
}

}  // namespace earshot::gateway
