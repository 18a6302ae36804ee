# {title}
# Draws {name}.svg and {name}.png from {name}.csv. To draw them again after a change:
# gnuplot {name}.gnuplot
set encoding utf8
csv = '{name}.csv'
do for [format in 'svg png'] {
  if (format eq 'svg') {
    set terminal svg size {width},{height} dynamic noenhanced font 'sans-serif,{text}' linewidth 1.2 background 'white'
  } else {
    if (strstrt(GPVAL_TERMINALS, ' pngcairo ') > 0) {
      set terminal pngcairo size {png_width},{png_height} noenhanced font 'sans,11' fontscale 1.5 linewidth 1.8 pointscale 1.5 background 'white'
    } else {
      set terminal png size {width},{height} noenhanced
    }
  }
  set output '{name}.' . format
  reset
  set datafile separator ','
  set datafile columnheaders
  set palette defined ({palette})
  set border 3 linecolor rgb '#555555' linewidth 0.8
  set tics nomirror scale 0.6 textcolor rgb '#333333'
  set grid linecolor rgb '#e4e4e4' linetype 1 linewidth 0.6
  set key noenhanced textcolor rgb '#333333'
  set xlabel offset 0,0.4
{body}
  set output
}
