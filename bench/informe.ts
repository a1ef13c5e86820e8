import { type Resumen, resumir } from './estadistica.ts'
import type { Ronda } from './medidas.ts'

/** Una línea de la tabla: el nombre de lo medido, lo que es y, si se persigue una, su meta: al menos, o como mucho. */
type Linea = Readonly<{ nombre: string; texto: string; decimales: number; meta?: number; tope?: number }>
type Seccion = Readonly<{ titulo: string; lineas: readonly Linea[] }>

const linea = (nombre: string, texto: string, decimales = 0): Linea => ({ nombre, texto, decimales })
const razon = (nombre: string, texto: string, meta?: number): Linea => ({
  nombre,
  texto,
  decimales: 2,
  ...(meta !== undefined && { meta }),
})
const tope = (nombre: string, texto: string, limite: number): Linea => ({ ...razon(nombre, texto), tope: limite })

const SECCIONES: readonly Seccion[] = [
  {
    titulo: 'Techos (por segundo)',
    lineas: [
      linea('almacen_64', 'almacén solo, 64 reservas por commit'),
      linea('almacen_1', 'almacén solo, 1 reserva por commit'),
      linea('http_64', 'HTTP sin almacén, 64 en vuelo'),
      linea('http_1', 'HTTP sin almacén, 1 en vuelo'),
      linea('techo_en_serie', 'techo en serie: 1 / (1/HTTP + 1/almacén)'),
      linea('get_sin_leer', 'GET por id sin leer, 64 en vuelo'),
    ],
  },
  {
    titulo: 'El sistema (por segundo)',
    lineas: [
      linea('post_64', 'POST síncrono, 64 en vuelo'),
      linea('post_1', 'POST síncrono, 1 en vuelo'),
      linea('tuberia_64', 'POST síncrono hasta el efecto del consumidor'),
      linea('comando_64', 'POST de comando hasta su operación completada'),
      linea('comando_con_llave_64', 'lo mismo, con Idempotency-Key'),
      linea('grpc_64', 'el mismo comando por gRPC, que siempre la lleva'),
      linea('get', 'GET por id, 64 en vuelo'),
    ],
  },
  {
    titulo: 'Razones',
    lineas: [
      razon('post_64/techo_en_serie', 'POST / techo en serie', 0.85),
      razon('post_64/post_1', 'POST, 64 en vuelo / 1 en vuelo', 6),
      razon('techo_en_serie/techo_en_serie_1', 'lo mismo entre los techos en serie'),
      razon('tuberia_64/post_64', 'tubería / POST sin consumidores', 0.8),
      razon('comando_64/post_64', 'comando / POST sin consumidores', 0.4),
      razon('grpc_64/comando_con_llave_64', 'comando por gRPC / por HTTP, los dos con su llave', 0.7),
      razon('grpc_64/comando_64', 'comando por gRPC / por HTTP sin llave'),
      razon('get/get_sin_leer', 'GET / GET sin leer', 0.75),
      razon('post_observado/post_sin_observar', 'con bitácora, métricas y traza / sin ellas', 0.8),
      tope('rss_maxima/rss_reposo', 'memoria con toda la carga / en reposo', 3),
    ],
  },
  {
    titulo: 'Una página de la lista, de a una (mediana, ms)',
    lineas: [
      linea('lista_mil_primera', 'primera, con 1.000 reservas', 2),
      linea('lista_muchas_primera', 'primera, con un millón (cien mil en la corta)', 2),
      linea('lista_mil_ultima', 'última, con 1.000', 2),
      linea('lista_muchas_ultima', 'última, con un millón', 2),
      tope('lista_muchas/lista_mil', 'primera con muchas / con 1.000', 1.5),
      tope('lista_ultima/lista_primera', 'última / primera, con muchas', 1.2),
    ],
  },
  {
    titulo: 'El empuje, 64 en vuelo y 64 navegadores: del pedido a la trama (p99, ms)',
    lineas: [
      linea('sincrona.respuesta_p99_ms', 'POST síncrono: hasta su respuesta', 1),
      linea('sincrona.empuje_p99_ms', 'POST síncrono: hasta su trama', 1),
      tope('sincrona.empuje/respuesta', 'trama / respuesta', 1.5),
      linea('comando.respuesta_p99_ms', 'POST de comando: hasta su respuesta', 1),
      linea('comando.empuje_p99_ms', 'POST de comando: hasta la trama de su final', 1),
      tope('comando.empuje/respuesta', 'trama / respuesta', 2.5),
    ],
  },
  {
    titulo: 'Además',
    lineas: [
      linea('post_64.p99_ms', 'POST: p99 de la respuesta (ms)', 1),
      { ...linea('post_64.retraso_bucle_p99_ms', 'POST: p99 del retraso del bucle de eventos (ms)', 1), tope: 20 },
      linea('tuberia_64.p99_ms', 'tubería: p99 de la respuesta (ms)', 1),
      { ...linea('tuberia_64.retraso_bucle_p99_ms', 'tubería: p99 del retraso del bucle de eventos (ms)', 1), tope: 20 },
      { ...linea('comando_64.retraso_bucle_p99_ms', 'comando: p99 del retraso del bucle de eventos (ms)', 1), tope: 20 },
      linea('http_64.cpu_us', 'HTTP sin almacén: procesador por respuesta (µs)'),
      linea('post_64.cpu_us', 'POST: procesador por respuesta (µs)'),
      linea('tuberia_64.cpu_us', 'tubería: procesador por respuesta (µs)'),
      linea('comando_64.cpu_us', 'comando: procesador por respuesta (µs)'),
      linea('rss_reposo_mb', 'memoria del servidor en reposo (MB)'),
      linea('comando_64.rss_maxima_mb', 'memoria del servidor, máxima (MB)'),
      linea('post_64.uso_bucle', 'POST: parte del tiempo que el servidor estuvo ocupado', 2),
      linea('http_64.uso_generador', 'HTTP sin almacén: núcleo que gastó el generador', 2),
    ],
  },
]

/** Las razones que persiguen una meta de al menos, por nombre. */
export const CON_META: readonly string[] = SECCIONES.flatMap(({ lineas }) =>
  lineas.flatMap(({ nombre, meta }) => (meta === undefined ? [] : nombre)),
)

/** Lo que se vio de cada medida a lo largo de las rondas. */
export type Resumenes = Readonly<Record<string, Resumen>>

export const resumirRondas = (rondas: readonly Ronda[]): Resumenes => {
  const nombres = [...new Set(rondas.flatMap((ronda) => Object.keys(ronda)))]
  const valoresDe = (nombre: string): number[] => rondas.flatMap((ronda) => ronda[nombre] ?? [])
  return Object.fromEntries(nombres.map((nombre) => [nombre, resumir(valoresDe(nombre))]))
}

const cifra = (valor: number, decimales: number): string =>
  valor.toLocaleString('es-CO', { minimumFractionDigits: decimales, maximumFractionDigits: decimales, useGrouping: 'always' })

const filaDe = ({ texto, decimales, meta, tope }: Linea, { mediana, minimo, maximo }: Resumen): string => {
  const rango = `${cifra(minimo, decimales)} – ${cifra(maximo, decimales)}`
  const limites = [meta === undefined ? '' : `≥ ${cifra(meta, decimales)}`, tope === undefined ? '' : `≤ ${cifra(tope, decimales)}`]
  const perseguida = limites.map((limite) => (limite === '' ? '' : `  meta ${limite}`)).join('')
  return `  ${texto.padEnd(52)}${cifra(mediana, decimales).padStart(9)}   ${rango.padEnd(18)}${perseguida}`.trimEnd()
}

/** La tabla que se lee: mediana y, al lado, de la menor a la mayor de las rondas. Lo que no se midió no aparece. */
export const tabla = (resumenes: Resumenes): string =>
  SECCIONES.map(({ titulo, lineas }) => {
    const filas = lineas.flatMap((una) => {
      const resumen = resumenes[una.nombre]
      return resumen === undefined ? [] : [filaDe(una, resumen)]
    })
    return [titulo, ...filas].join('\n')
  }).join('\n\n')
