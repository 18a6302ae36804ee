#pragma once

#include "melvit/core/random.h"
#include "melvit/search/sweep_file.h"

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace melvit {

/// One parameter's values as coordinates: of numbers the share of the distribution below them, so that the
/// parameter's own distribution is uniform in [0, 1]; of listed values their place in the list.
class ParzenAxis {
public:
    explicit ParzenAxis(const Distribution& distribution);

    bool is_listed() const { return !shares_.empty(); }
    const std::vector<double>& shares() const { return shares_; }

    /// throws  Error for a value that is none of the distribution's
    double coordinate(const nlohmann::ordered_json& value) const;
    nlohmann::ordered_json value(double coordinate) const;

private:
    Distribution distribution_;
    std::vector<double> shares_;     ///< of each listed value
    std::vector<std::string> keys_;  ///< of each listed value, see value_key
};

/// A density of one parameter: a mixture of a kernel around each observation and, as one more, the
/// parameter's own distribution. Of numbers a kernel is a Gaussian cut off at 0 and 1 whose standard deviation is the
/// distance to the farther of its two neighbours, the ends counted as such; of listed values half of it is at
/// the value, half the own distribution.
///
/// source  Bergstra et al. 2011, section 4.2; Aitchison, Aitken 1976, "Multivariate binary discrimination by
///         the kernel method", for listed values
class Parzen {
public:
    Parzen(const ParzenAxis& axis, std::vector<double> centres);

    /// A random coordinate of this density.
    double draw(Random& random) const;

    /// Density at a coordinate, in units of the parameter's own distribution.
    double density(double coordinate) const;

private:
    struct Kernel {
        double centre = 0;
        double sigma = 0;
        double below = 0, inside = 1;  ///< shares of the whole Gaussian below 0, and from 0 to 1
    };

    void set_kernels();
    double draw_listed(Random& random) const;
    double draw_number(Random& random) const;
    double listed_density(std::size_t choice) const;

    const ParzenAxis& axis_;
    std::vector<double> centres_;  ///< rising for numbers
    std::vector<Kernel> kernels_;  ///< of numbers
    std::vector<double> counts_;   ///< of listed values
};

}  // namespace melvit
