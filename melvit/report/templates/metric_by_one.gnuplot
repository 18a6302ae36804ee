set title {title}
{x_axis}
{metric_axis}
set ylabel '{metric}'
plot csv using 2:4 with points pointtype 7 pointsize 0.9 linecolor rgb '#0072B2' notitle
