set multiplot layout {rows},{columns} title {title}
set key at graph {key},graph 1 left top Left reverse samplen 0.8
set lmargin 9
set rmargin {right}
set tmargin 2.6
set bmargin 3.4
{metric_axis}
{epoch_axis}
{each panels}
set title {title}
set xlabel '{x_name}'
set ylabel '{y_name}'
plot {each curves}csv using 1:($2==1 && $3=={place} ? $6 : NaN) {style} linecolor rgb '{colour}' title {label}{,}
{end}
{end}
unset multiplot
