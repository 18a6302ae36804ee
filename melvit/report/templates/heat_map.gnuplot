set title {title}
{metric_colours}
unset grid
set tics scale 0
set rmargin 14
set xrange [-0.5:{last_x}.5]
set yrange [-0.5:{last_y}.5]
set xtics {rotation} {x_tics}
set ytics {y_tics}
set xlabel {x_name}
set ylabel {y_name}
set label 1 '★' at {best_x},{best_y} center front textcolor rgb 'white'
set style fill solid 1 noborder
plot csv using 3:4:(0.5):(0.5):5 with boxxyerror fillcolor palette notitle
