// Las pruebas de la página de siempre, en un navegador, sobre cuatro procesos y un Pulsar.
import { pruebasDeSiempre } from './de_siempre.ts'

await pruebasDeSiempre(['navegador/pagina'])
