#include "gateway/api/routes/operator_routes.h"

#include <algorithm>
#include <utility>

#include "gateway/api/auth/credentials.h"
#include "gateway/api/body_reader.h"
#include "gateway/api/render.h"

namespace earshot::gateway::api {

void OperatorRoutes::load(std::vector<store::BrokerOperator> operators) {
  operators_ = std::move(operators);
  changed();
}

void OperatorRoutes::refresh() {
  store_.read(
      executor_, [](store::Store& store) { return store.operators().all(); },
      [this](Result<std::vector<store::BrokerOperator>> operators) {
        if (operators) load(std::move(*operators));
      });
}

void OperatorRoutes::set_sink(OperatorSink sink) {
  sink_ = std::move(sink);
  changed();
}

void OperatorRoutes::add_routes(ApiRouter& routes) {
  routes.read("/api/v1/operators", Scope::kUsersWrite, [this](const CallPtr& call) { list(call); });
  routes.write("POST", "/api/v1/operators", Scope::kUsersWrite, "operator.create",
               [this](const CallPtr& call) { create(call); });
  routes.write("DELETE", "/api/v1/operators/{name}", Scope::kUsersWrite, "operator.remove",
               [this](const CallPtr& call) { remove(call); }, {.body = BodyKind::kNone});
}

void OperatorRoutes::list(const CallPtr& call) {
  call->answer(list_of(operators_));
}

void OperatorRoutes::create(const CallPtr& call) {
  BodyReader body(call->body);
  const std::string name = body.required_text("name", 32);
  const bool user_tools = body.boolean("user_tools").value_or(false);
  const bool hears = body.boolean("texts").value_or(false);
  if (!name.empty() && !is_name(name, "-")) body.problem("name", "must be of a-z, 0-9 and '-'");
  if (auto refusal = body.refusal()) return call->send(std::move(*refusal));
  if (find(name) != operators_.end()) return call->fail(409, "there is an operator of this name");
  if (operators_.size() >= kMaxOperators) return call->fail(409, "there are too many operators");
  const Secret password(random_hex(32));
  const store::BrokerOperator made{.name = name,
                                   .password_hash = hash_of(password),
                                   .user_tools = user_tools,
                                   .texts = hears,
                                   .created = std::chrono::time_point_cast<Milliseconds>(clock_.wall())};
  operators_.push_back(made);
  call->target = name;
  call->detail = {{"user_tools", user_tools}, {"texts", hears}};
  store_.write(
      executor_,
      [made, audit = call->take_audit_entry()](store::Store& store) {
        store.operators().put(made);
        if (audit) store.audit().add(*audit);
      },
      [this, call, made, password](const Status& written) {
        if (!written) {
          if (const auto found = find(made.name); found != operators_.end()) operators_.erase(found);
          return call->fail(written.error());
        }
        changed();
        json::object answer = to_json(made);
        answer["password"] = password.reveal();
        call->answer(answer, 201);
      });
}

// The broker is told at once; what the store then refuses is put back.
void OperatorRoutes::remove(const CallPtr& call) {
  const auto found = find(call->request.param("name"));
  if (found == operators_.end()) return call->fail(404, "no such operator");
  const store::BrokerOperator gone = *found;
  operators_.erase(found);
  changed();
  store_.write(
      executor_,
      [name = gone.name, audit = call->take_audit_entry()](store::Store& store) {
        store.operators().remove(name);
        if (audit) store.audit().add(*audit);
      },
      [this, call, gone](const Status& written) {
        if (!written) {
          if (find(gone.name) == operators_.end()) operators_.push_back(gone);
          changed();
          return call->fail(written.error());
        }
        call->answer(json::object{});
      });
}

void OperatorRoutes::changed() {
  if (sink_) sink_(operators_);
}

std::vector<store::BrokerOperator>::iterator OperatorRoutes::find(std::string_view name) {
  return std::ranges::find(operators_, name, &store::BrokerOperator::name);
}

}  // namespace earshot::gateway::api
