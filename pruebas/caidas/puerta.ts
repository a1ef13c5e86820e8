// npm run pruebas -- R1: muertes de golpe en cada punto de caída y en momentos al azar, sobre los dos almacenes. Lo que cada testigo vio lo juzga
// pruebas/comprobador, en su proceso. Para repetir una parte: --punto uow.antes_de_confirmar --almacen postgres --semilla N, --muertes 0 o
// --sin-puntos. --guardar <carpeta> deja una de las historias.
import { cpSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { anunciar, type Visto } from '../puerta.ts'
import { type AlTerminar, type Plantilla, prepararPlantillas } from './almacenes.ts'
import { dejarCarpetas } from './carpetas.ts'
import { controlRojo } from './control.ts'
import type { Corrida } from './escena.ts'
import { morirEn, type Pasada, PUNTOS } from './matriz.ts'
import { morirAlAzar } from './muertes.ts'

const A_LA_VEZ = 2
const CLASES = ['perdidos', 'duplicados', 'desorden', 'inexplicados'] as const

const { values } = parseArgs({
  options: {
    semillas: { type: 'string', default: '1' },
    semilla: { type: 'string', default: '20261126' },
    muertes: { type: 'string', default: '100' },
    almacen: { type: 'string' },
    punto: { type: 'string' },
    minutos: { type: 'string', default: '10' },
    guardar: { type: 'string' },
    'sin-puntos': { type: 'boolean', default: false },
  },
})

const segundos = (): number => Math.round(performance.now() / 1_000)
const decir = (que: string): void => console.error(`caídas, ${segundos()} s: ${que}`)

/** Arrancando, y con trabajo en curso; en cuál, lo dice la semilla. */
const pasadasDe = (semilla: number): readonly Pasada[] => [
  { vez: 1 + (semilla % 3), desde: 'arranque' },
  { vez: 2 + (semilla % 7), desde: 'listo' },
]

type Tarea = Readonly<{ nombre: string; correr: () => Promise<Corrida> }>

/** Lo más largo, primero. */
const tareasDe = (plantillas: readonly Plantilla[]): readonly Tarea[] => {
  const [primera, cuantas, muertes] = [Number(values.semilla), Number(values.semillas), Number(values.muertes)]
  const semillas = Array.from({ length: cuantas }, (_, i) => primera + i)
  const puntos = values['sin-puntos'] ? [] : PUNTOS.filter((punto) => values.punto === undefined || punto === values.punto)
  const alAzar = (plantilla: Plantilla): Tarea => ({
    nombre: `al azar en ${plantilla.almacen}`,
    correr: () => {
      const cuantasMuertes = Math.ceil(muertes / plantillas.length)
      const alMorir = (van: number) => decir(`${van} de ${cuantasMuertes} muertes en ${plantilla.almacen}`)
      return morirAlAzar({ plantilla, semilla: primera, muertes: cuantasMuertes, alMorir })
    },
  })
  const enPunto = (punto: string, plantilla: Plantilla, semilla: number): Tarea => ({
    nombre: `${punto} en ${plantilla.almacen}`,
    correr: () => morirEn(punto, { plantilla, semilla, pasadas: pasadasDe(semilla) }),
  })
  return [
    ...(muertes > 0 ? plantillas.map(alAzar) : []),
    ...puntos.flatMap((punto) => plantillas.flatMap((plantilla) => semillas.map((semilla) => enPunto(punto, plantilla, semilla)))),
  ]
}

/** Lo que dejó una; si no llegó a juzgarse, esa es su falta. */
const correr = async ({ nombre, correr: hacer }: Tarea): Promise<Corrida> => {
  const nada = { nombre, muertes: 0, cuentas: {}, vueltas: [], carpeta: '' }
  const corrida = await hacer().catch((error: Error) => ({ ...nada, faltas: [`${nombre}: ${error.stack}`] }))
  decir(`${corrida.nombre}: ${corrida.faltas[0] ?? 'bien'}`)
  return corrida
}

const correrTodas = async (tareas: readonly Tarea[]): Promise<readonly Corrida[]> => {
  const quedan = [...tareas]
  const corridas: Corrida[] = []
  const turno = async (): Promise<void> => {
    for (let tarea = quedan.shift(); tarea !== undefined; tarea = quedan.shift()) corridas.push(await correr(tarea))
  }
  await Promise.all(Array.from({ length: A_LA_VEZ }, turno))
  return corridas
}

const percentil = (valores: readonly number[], parte: number): number =>
  Math.round([...valores].sort((a, b) => a - b)[Math.min(valores.length - 1, Math.floor(valores.length * parte))] ?? 0)

const verTodas = async (t: AlTerminar): Promise<Visto> => {
  const plantillas = Object.values(await prepararPlantillas(t)).filter(({ almacen }) => almacen === (values.almacen ?? almacen))
  decir('las plantillas están listas')
  const corridas = await correrTodas(tareasDe(plantillas))
  const sumar = (que: string): number => corridas.reduce((total, { cuentas }) => total + (cuentas[que] ?? 0), 0)
  const vueltas = corridas.flatMap((corrida) => corrida.vueltas)
  const [mayor] = [...corridas].sort((a, b) => (b.cuentas.mensajes ?? 0) - (a.cuentas.mensajes ?? 0))
  const control = mayor !== undefined && mayor.carpeta !== '' && (await controlRojo(mayor.carpeta)) ? 'rojo' : 'verde'
  if (values.guardar !== undefined && mayor !== undefined) cpSync(mayor.carpeta, values.guardar, { recursive: true })
  if (corridas.some(({ faltas }) => faltas.length > 0)) dejarCarpetas()
  const muertes = corridas.reduce((total, corrida) => total + corrida.muertes, 0)
  const alAzar = corridas.filter(({ nombre }) => nombre.startsWith('al azar')).reduce((total, corrida) => total + corrida.muertes, 0)
  return {
    id: 'R1',
    nombre: 'caidas',
    corridas: corridas.length,
    cuentas: {
      ...{ puntos: PUNTOS.length, muertes, al_azar: alAzar, intentos: sumar('intentos'), mensajes: sumar('mensajes') },
      ...Object.fromEntries(CLASES.map((clase) => [clase, sumar(clase)])),
      ...{ apartados: sumar('apartados'), vuelve_p50_ms: percentil(vueltas, 0.5), vuelve_p99_ms: percentil(vueltas, 0.99) },
      segundos: segundos(),
    },
    control,
    faltas: corridas.flatMap(({ faltas, carpeta }) => faltas.map((una) => `${una} (lo que se vio: ${carpeta})`)),
    detalle: [
      `semilla ${values.semilla}`,
      ...corridas.map(({ nombre, muertes: suyas, cuentas }) => `${nombre}: ${suyas} muertes, ${cuentas.intentos} intentos`),
    ],
  }
}

// Todo lo que se espera tiene su plazo, y la puerta entera, el suyo. Al salir no queda ningún proceso.
setTimeout(() => {
  console.error(`caídas: en ${values.minutos} minutos no terminó`)
  process.exit(1)
}, Number(values.minutos) * 60_000).unref()

const alTerminar: (() => void | Promise<void>)[] = []
try {
  anunciar(await verTodas({ after: (que) => void alTerminar.unshift(que) }))
} finally {
  for (const que of alTerminar) await que()
}
