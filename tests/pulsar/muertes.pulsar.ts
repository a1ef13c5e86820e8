import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as esperar } from 'node:timers/promises'
import { mulberry32 } from 'seedwork/pruebas/entorno_virtual.ts'
import { abrirPulsar } from '../../herramientas/pulsar/servidor.ts'
import { abrir, carpetaDe, contarEfectos, efectosDe, hacerEfecto, hasta, leerTodo, nombreDe, salio } from './apoyo.ts'

const TOPICO = 'eventos'
const LLAVES = 20
const MUERTES = 10

test(`Pulsar muere ${MUERTES} veces con -9 bajo carga: nada se pierde, ningún efecto se repite y cada llave sigue en orden`, async (t) => {
  const pulsar = await abrirPulsar()
  t.after(() => pulsar.parar())
  const fallas: string[] = []
  const servicio = { host: '127.0.0.1', puertoHttp: pulsar.puertoHttp }
  const { almacen, broker, cerrar } = await abrir(carpetaDe(t), {
    servicio,
    conservarMs: 3_600_000,
    alFallar: (error) => fallas.push(String(error)),
  })
  t.after(cerrar)
  await broker.suscribir({
    topico: TOPICO,
    nombre: 'sub',
    tipo: 'Key_Shared',
    inicio: 'primero',
    permisos: 16,
    manejar: (entrega) => almacen.ejecutar((tx) => hacerEfecto(tx, entrega), 'consumidor'),
  })
  let publicados = 0
  let publicando = true
  const publicar = async (): Promise<void> => {
    while (publicando) {
      const lote = Array.from({ length: 40 }, () => publicados++)
      await Promise.all(
        lote.map((numero) => {
          const id = nombreDe(numero)
          const mensaje = { topico: TOPICO, id, llave: `k${numero % LLAVES}`, datos: Buffer.from(id), propiedades: { id } }
          return almacen.ejecutar((tx) => broker.publicar(tx, [mensaje]))
        }),
      )
      await esperar(400)
    }
  }
  const publicador = publicar()
  const azar = mulberry32(2_026)
  for (let muerte = 1; muerte <= MUERTES; muerte++) {
    const antes = await contarEfectos(almacen)
    // Cada vida de Pulsar hace algo antes de morir, y muere en un momento cualquiera.
    await hasta(`avanza antes de la muerte ${muerte}`, async () => (await contarEfectos(almacen)) > antes + 20)
    await esperar(azar() * 400)
    await pulsar.matar()
    await esperar(azar() * 400)
    await pulsar.revivir()
  }
  publicando = false
  await publicador
  await hasta('todo salió', () => salio(almacen))
  await hasta('todo se hizo', async () => (await contarEfectos(almacen)) === publicados)
  await hasta('nada pendiente', () => broker.atrasos().every(({ pendientes }) => pendientes === 0))

  const { porLlave, repetidos } = await efectosDe(almacen)
  for (const [llave, suyos] of porLlave) assert.deepEqual(suyos, suyos.toSorted(), `la llave ${llave} se desordenó`)
  assert.deepEqual(repetidos, [], 'lo ya acusado volvió a manejarse')
  assert.deepEqual(await broker.apartados.ver({}), [])
  const enPulsar = (await leerTodo(broker, TOPICO, publicados)).map(({ id }) => id)
  assert.deepEqual(
    enPulsar,
    Array.from({ length: publicados }, (_, n) => nombreDe(n)),
    'el tópico tiene cada mensaje una vez y en su orden',
  )
  t.diagnostic(`${publicados} publicados, ${fallas.length} fallas por el camino`)
})
