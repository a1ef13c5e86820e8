// Los dientes: cada defecto de `defectos/` se planta en una copia y una prueba tiene que verlo.
// npm run pruebas -- R0; o este archivo con --cuantos 10 [--desde N] (sin N, los que tocan hoy) | --todos | --defecto 007 | --lista.
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { abrirServidorPostgres } from 'seedwork/pruebas/postgres.ts'
import { anunciar, type Visto } from '../puerta.ts'
import { type Copia, copiar } from './copia.ts'
import { type Defecto, INOFENSIVO, leerDefectos, MALES } from './defectos.ts'
import { elegir, type Juicio, juzgar, puertasDe, sana, turnoDe } from './juzgar.ts'
import { correrPrueba, type Prueba } from './prueba.ts'

const DEFECTOS = leerDefectos()
const COPIAS = Math.min(availableParallelism(), 2)

const { values } = parseArgs({
  options: {
    cuantos: { type: 'string', default: '10' },
    desde: { type: 'string' },
    todos: { type: 'boolean', default: false },
    defecto: { type: 'string' },
    lista: { type: 'boolean', default: false },
  },
})

const corte = new AbortController()
for (const senal of ['SIGINT', 'SIGTERM'] as const) process.once(senal, () => corte.abort())

const pedidos = (desde: number): readonly Defecto[] => {
  if (values.defecto !== undefined) return DEFECTOS.filter(({ nombre }) => nombre.startsWith(`${values.defecto}`))
  return values.todos ? DEFECTOS : elegir(DEFECTOS, { cuantos: Number(values.cuantos), desde })
}

const segundos = (ms: number): string => (ms / 1_000).toFixed(1)

type Tarea = (copia: Copia) => Promise<void>

/** Las hacen entre varias copias, cada una de a una tarea. */
const repartir = async (tareas: readonly Tarea[]): Promise<void> => {
  const cola = [...tareas]
  const trabajar = async (): Promise<void> => {
    const copia = copiar()
    try {
      for (let tarea = cola.shift(); tarea !== undefined && !corte.signal.aborted; tarea = cola.shift()) await tarea(copia)
    } finally {
      copia.borrar()
    }
  }
  await Promise.all(Array.from({ length: COPIAS }, trabajar))
}

const correrEn = ({ carpeta }: Copia, puerta: Prueba, postgres: string | undefined) =>
  correrPrueba(puerta, { carpeta, postgres, corte: corte.signal })

const plantar = async (copia: Copia, { nombre, puerta }: Pick<Defecto, 'nombre' | 'puerta'>, postgres?: string): Promise<Juicio> => {
  const rechazo = copia.aplicar(nombre)
  if (rechazo !== undefined) return { falta: `el parche ya no entra: ${rechazo}` }
  try {
    return juzgar(await correrEn(copia, puerta, postgres), puerta)
  } finally {
    copia.deshacer(nombre)
  }
}

const verTodos = async (defectos: readonly Defecto[], desde: number, postgres: string | undefined): Promise<Visto> => {
  const puertas = puertasDe(defectos)
  const juicios = new Map<string, Juicio>()
  const rojas: string[] = []
  let inofensivo: Juicio | undefined
  const [testigo] = puertas
  await repartir([
    async (copia) => {
      if (testigo) inofensivo = await plantar(copia, { nombre: INOFENSIVO, puerta: testigo }, postgres)
    },
    ...puertas.map((puerta) => async (copia: Copia) => {
      if (!sana(await correrEn(copia, puerta, postgres), puerta))
        rojas.push(`sin defecto alguno no pasa: ${puerta.archivo} «${puerta.nombre}»`)
    }),
    ...defectos.map((defecto) => async (copia: Copia) => {
      const desde = performance.now()
      const juicio = await plantar(copia, defecto, postgres)
      juicios.set(defecto.nombre, juicio)
      const como = juicio === 'atrapado' ? juicio : `NO ATRAPADO: ${juicio.falta}`
      console.error(`${defecto.nombre}: ${como} (${segundos(performance.now() - desde)} s; van ${segundos(performance.now())} s)`)
    }),
  ])
  const vistos = [...juicios].sort()
  const malos = vistos.flatMap(([nombre, juicio]) => (juicio === 'atrapado' ? [] : [`${nombre}: ${juicio.falta}`]))
  const sinVer = defectos.length - vistos.length
  return {
    id: 'R0',
    nombre: 'dientes',
    corridas: vistos.length,
    cuentas: {
      desde,
      hay: DEFECTOS.length,
      atrapados: vistos.length - malos.length,
      puertas: puertas.length,
      sanas: puertas.length - rojas.length,
    },
    // Lo inofensivo no se atrapa: si se atrapara, atrapar no diría nada.
    control: typeof inofensivo === 'object' && inofensivo.falta === 'la puerta sigue verde' ? 'rojo' : 'verde',
    faltas: [...malos, ...rojas, ...(sinVer > 0 ? [`no se llegó a ${sinVer}`] : [])],
    detalle: [
      ...MALES.map((mal) => `${mal}: ${defectos.filter((uno) => uno.mal === mal).length}`),
      `defectos: ${defectos.map(({ nombre }) => nombre.slice(0, 3)).join(' ')}`,
      ...(malos.length > 0 ? ['repite uno: node herramientas/arranque.mjs prueba pruebas/dientes/puerta.ts --defecto NNN'] : []),
    ],
  }
}

const listar = (): void => {
  for (const { nombre, rompe, mal, puerta } of DEFECTOS)
    console.log(`${nombre} [${mal}] ${rompe}\n    ${puerta.archivo} «${puerta.nombre}»`)
}

const correr = async (): Promise<void> => {
  const desde = values.todos ? 0 : Number(values.desde ?? turnoDe(Date.now(), Number(values.cuantos))) % DEFECTOS.length
  const defectos = pedidos(desde)
  const servidor = defectos.some(({ puerta }) => puerta.postgres) ? await abrirServidorPostgres() : undefined
  try {
    anunciar(await verTodos(defectos, desde, servidor?.direccion()))
  } finally {
    await servidor?.parar()
  }
}

if (values.lista) listar()
else await correr()
