// Puerta S1 [--peticiones 200000 --semilla 1]: peticiones hostiles hechas del documento OpenAPI, y bytes que no son HTTP, por enchufes de verdad.
import { parseArgs } from 'node:util'
import { anunciar } from '../../puerta.ts'
import { conBlanco, crecimiento, enMegas } from '../apoyo/blanco.ts'
import { conPlazo } from '../apoyo/plazo.ts'
import { type Ataque, atacar } from './atacar.ts'

const CRECE_POR_CIENTO = 5
const CANARIO_P99_MS = 50
/** Con menos, que una ruta no salga bien es cosa de la suerte. */
const BASTANTES = 20_000
/** Con menos, a la mitad aún no está todo lo que se guarda un rato: llaves, cupos, lo último de cada tópico. */
const BASTANTES_PARA_LA_MEMORIA = 150_000
const ROTA = { peticiones: 2_000, semilla: 1, soloRutas: '/control' }
const ATASCADA = { peticiones: 1_000, semilla: 1, soloRutas: '/atasco' }
const PLAZO_MS = 900_000

const { values } = parseArgs({ options: { peticiones: { type: 'string', default: '200000' }, semilla: { type: 'string', default: '1' } } })
const [peticiones, semilla] = [Number(values.peticiones), Number(values.semilla)]

type Visto = Ataque & Readonly<{ fallas: readonly string[]; prototipos: readonly string[] }>

const verAtaque = (encargo: Parameters<typeof atacar>[1], control = false): Promise<Visto> =>
  conBlanco(
    async (blanco) => {
      const ataque = await atacar(blanco, encargo)
      const [fallas, prototipos] = [await blanco.hijo.pedir('fallas', {}), await blanco.hijo.pedir('prototiposTocados', {})]
      return { ...ataque, fallas, prototipos }
    },
    { control },
  )

const percentil = (ordenadas: readonly number[], parte: number): number => ordenadas[Math.floor(ordenadas.length * parte)] ?? Number.NaN

/** Lo que ocupa bastante más que a la mitad. */
const faltasDeMemoria = ({ mitad, final }: Ataque): readonly string[] => {
  const { usada, rss } = crecimiento(mitad, final)
  return [
    ...(usada > CRECE_POR_CIENTO ? [`la memoria usada creció un ${usada} %`] : []),
    ...(rss > CRECE_POR_CIENTO ? [`la memoria del proceso creció un ${rss} %`] : []),
  ]
}

const faltasDelCanario = ({ canario }: Ataque): readonly string[] => {
  const p99 = percentil(canario.latencias, 0.99)
  return [
    ...(canario.malas > 0 ? [`el canario no recibió lo suyo ${canario.malas} veces`] : []),
    ...(p99 > CANARIO_P99_MS ? [`el canario esperó ${p99.toFixed(0)} ms en su p99`] : []),
  ]
}

const faltasDe = (visto: Visto): readonly string[] => {
  const { porRuta } = visto
  const sinBien = [...porRuta].filter(([, { bien }]) => bien === 0).map(([ruta]) => ruta)
  return [
    ...visto.faltas,
    ...visto.fallas,
    ...visto.prototipos.map((nombre) => `el prototipo de ${nombre} cambió`),
    ...faltasDelCanario(visto),
    ...(peticiones >= BASTANTES && sinBien.length > 0 ? [`nunca salieron bien: ${sinBien.join(', ')}`] : []),
    ...(peticiones >= BASTANTES_PARA_LA_MEMORIA ? faltasDeMemoria(visto) : []),
  ]
}

/** El servidor con dos rutas rotas. De una tienen que verse su 500 y su promesa sin atender; de la otra, lo que retiene y lo que hace esperar. */
const verControl = async (): Promise<{ rojo: boolean; detalle: string }> => {
  const rota = await verAtaque(ROTA, true)
  const atascada = await verAtaque(ATASCADA, true)
  const vistas = {
    500: rota.faltas.some((una) => una.startsWith('un 500')),
    rechazos: rota.fallas.some((una) => una.startsWith('rechazo')),
    memoria: faltasDeMemoria(atascada).length === 2,
    canario: faltasDelCanario(atascada).length > 0,
  }
  const dichas = [...faltasDeMemoria(atascada), ...faltasDelCanario(atascada)]
  const detalle = `control: ${Object.entries(vistas)
    .map(([que, vista]) => `${que}=${vista}`)
    .join(' ')} (${dichas.join('; ')})`
  return { rojo: Object.values(vistas).every(Boolean), detalle }
}

await conPlazo('S1', PLAZO_MS, async () => {
  const control = await verControl()
  const visto = await verAtaque({ peticiones, semilla })
  const { mitad, final, canario } = visto
  const crece = crecimiento(mitad, final)
  anunciar({
    id: 'S1',
    nombre: 'http_hostil',
    corridas: visto.enviadas,
    cuentas: {
      semilla,
      crudas: visto.crudas,
      rutas: visto.porRuta.size,
      s: Math.round(visto.segundos),
      canario_p50_ms: percentil(canario.latencias, 0.5).toFixed(1),
      canario_p99_ms: percentil(canario.latencias, 0.99).toFixed(1),
      memoria: `${enMegas(mitad.usada)}→${enMegas(final.usada)}MB(${crece.usada}%)`,
      rss: `${enMegas(mitad.rss)}→${enMegas(final.rss)}MB(${crece.rss}%)`,
    },
    control: control.rojo ? 'rojo' : 'verde',
    faltas: faltasDe(visto),
    detalle: [
      control.detalle,
      `aprendido: ${JSON.stringify(visto.aprendido)}`,
      ...[...visto.porRuta].map(([ruta, { enviadas, bien }]) => `${ruta}: ${enviadas}, bien ${bien}`),
      ...[...visto.cuentas].sort().map(([que, veces]) => `${que}: ${veces}`),
    ],
  })
})
