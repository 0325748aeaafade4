// GET /api/v1/doctor.
#pragma once

#include <memory>

#include "gateway/api/api_router.h"
#include "gateway/control/doctor/doctor.h"

namespace earshot::gateway {

// `doctor` is made after the routes and outlives the server.
void add_doctor_route(api::ApiRouter& routes, const std::unique_ptr<Doctor>& doctor);

}  // namespace earshot::gateway
