set title {title}
{x_axis}
{y_axis}
{metric_colours}
set rmargin 14
plot csv using 2:4:6 with points pointtype 7 pointsize 0.9 linecolor palette notitle
