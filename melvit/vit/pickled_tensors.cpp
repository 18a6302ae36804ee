#include "melvit/vit/pickled_tensors.h"

#include "melvit/core/error.h"

#include <fmt/format.h>
#include <string_view>

namespace melvit {
namespace {

constexpr std::size_t kMostTensors = 65'536;
constexpr std::size_t kLongestPath = 1024;  // bytes; tensors below a longer one are passed over
constexpr int kDeepest = 64;                // containers inside each other

/// Walks a pickle from its root, into each container once: a dict that holds itself ends, and dicts that hold
/// each other many times over do not multiply.
class TensorWalk {
public:
    TensorWalk(const std::filesystem::path& file, const Pickle& pickle)
        : file_(file), pickle_(pickle), seen_(pickle.values.size(), false) {}

    std::vector<PickledTensor> found() {
        visit(pickle_.root, "", 0);
        return std::move(found_);
    }

private:
    using Entries = std::vector<std::pair<PickleId, PickleId>>;

    template <class Wanted>
    const Wanted* find(PickleId id) const {
        return std::get_if<Wanted>(&pickle_.values[id]);
    }

    void visit(PickleId id, const std::string& path, int depth) {
        if (const auto* tensor = find<PickleTensor>(id)) return keep(path, *tensor);
        if (seen_[id] || depth == kDeepest) return;
        seen_[id] = true;
        if (const auto* dict = find<PickleDict>(id)) return visit_entries(dict->entries, path, depth);
        if (const auto* list = find<PickleList>(id)) return visit_items(list->items, path, depth);
        if (const auto* tuple = find<PickleTuple>(id)) return visit_items(tuple->items, path, depth);
        if (const auto* object = find<PickleObject>(id)) {
            visit_entries(object->entries, path, depth);
            if (object->state) visit_module(*object->state, path, depth);
        }
    }

    void visit_entries(const Entries& entries, const std::string& path, int depth) {
        for (const auto& [key, value] : entries) {
            if (const auto* name = find<std::string>(key)) visit_part(value, path, *name, depth);
            if (const auto* number = find<std::int64_t>(key))
                visit_part(value, path, std::to_string(*number), depth);
        }
    }

    void visit_items(const std::vector<PickleId>& items, const std::string& path, int depth) {
        for (std::size_t i = 0; i < items.size(); ++i) visit_part(items[i], path, std::to_string(i), depth);
    }

    /// A torch.nn.Module keeps its tensors and the modules inside it in attributes of these names.
    void visit_module(PickleId state, const std::string& path, int depth) {
        const auto* attributes = find<PickleDict>(state);
        if (attributes == nullptr) return;
        for (const auto& [key, value] : attributes->entries) {
            const auto* name = find<std::string>(key);
            if (name != nullptr && (*name == "_parameters" || *name == "_buffers" || *name == "_modules"))
                visit(value, path, depth + 1);
        }
    }

    void visit_part(PickleId value, const std::string& path, std::string_view name, int depth) {
        if (path.size() + name.size() >= kLongestPath) return;
        visit(value, path.empty() ? std::string(name) : fmt::format("{}.{}", path, name), depth + 1);
    }

    void keep(const std::string& path, const PickleTensor& tensor) {
        if (found_.size() == kMostTensors)
            throw Error(file_, fmt::format("needs at most {} tensors", kMostTensors), "it holds more");
        found_.push_back({path, &tensor});
    }

    const std::filesystem::path& file_;
    const Pickle& pickle_;
    std::vector<bool> seen_;
    std::vector<PickledTensor> found_;
};

}  // namespace

std::vector<PickledTensor> pickled_tensors(const std::filesystem::path& file, const Pickle& pickle) {
    return TensorWalk(file, pickle).found();
}

}  // namespace melvit
