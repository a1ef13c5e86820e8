import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mulberry32 } from 'seedwork/pruebas/entorno_virtual.ts'
import { crearCliente } from '../apoyo/cliente.ts'
import { abrirServidorDeCorreo } from '../apoyo/correo.ts'
import { unaCompra, unaOferta } from '../apoyo/ofertas.ts'
import { type Contexto, cargar, type Diario, repetirDesconocidos } from './apoyo/carga.ts'
import { hastaQue } from './apoyo/hechos.ts'
import { faltas, leerRestos } from './apoyo/leyes.ts'
import { drenado, firmasDe } from './apoyo/por_fuera.ts'
import { type NombreDeServicio, type Servicio, unosServicios } from './apoyo/servicios.ts'
import { unBanco } from './apoyo/servidor.ts'
import { barajar, correosDe, historias, pagina } from './apoyo/testigos.ts'

const SEMILLA = Number(process.env.SEMILLA ?? 20_261_126)
/** Cada uno muere dos veces, en un orden al azar, cuando se han visto unos intentos más. */
const VICTIMAS: readonly NombreDeServicio[] = ['api', 'notificaciones', 'ui', 'api', 'notificaciones', 'ui']
const VIDA = 60
const COMPRAS = 12

test('tres procesos muertos de golpe al azar bajo carga: nada se pierde, se dobla ni se desordena, ni en los correos ni en la página', async (t) => {
  const banco = unBanco(t)
  const correo = await abrirServidorDeCorreo({ soloCabeceras: true })
  t.after(correo.cerrar)
  const comun = { UI_EMITIR_TODO: '1', AEROALPES_AEROLINEA: 'acepta' }
  const servicios = unosServicios(banco, { smtp: correo.url, comun })
  const vivos = { api: await servicios.arrancar('api') } as Record<NombreDeServicio, Servicio>
  for (const nombre of ['notificaciones', 'ui'] as const) vivos[nombre] = await servicios.arrancar(nombre)
  const vida = () => ({ api: vivos.api.direcciones.api ?? '', terminado: vivos.api.terminado })
  const vista = pagina(t, () => vivos.ui.direcciones.ui ?? '')
  const matar = async (nombre: NombreDeServicio): Promise<void> => {
    vivos[nombre].senal('SIGKILL')
    await vivos[nombre].fin()
    vivos[nombre] = await servicios.arrancar(nombre)
  }

  const diario: Diario = []
  const contexto: Contexto = { diario, azar: mulberry32(SEMILLA), firmas: firmasDe(banco.carpeta, 'ana').viajeros }
  await hastaQue('que la página escuche', vista.escucha)
  for (const victima of barajar(VICTIMAS, contexto.azar)) {
    const carga = cargar(contexto, vida(), VIDA)
    const hasta = diario.length + contexto.azar() * VIDA
    await Promise.race([carga, hastaQue('que vea sus intentos', () => diario.length >= hasta)])
    await matar(victima)
    await carga
  }
  await repetirDesconocidos(contexto, vida())
  await drenado(vida().api)
  const restos = leerRestos(banco.carpeta)
  assert.deepEqual(faltas(restos, diario).slice(0, 20), [])

  const eventos = restos.log.filter(({ topico }) => topico === 'eventos-reserva')
  await hastaQue('que las notificaciones lo atiendan todo', () => correosDe(banco.carpeta).size >= eventos.length)
  const correos = correosDe(banco.carpeta)
  const sinAtender = eventos.filter(({ id }) => !correos.has(id)).map(({ id, tipo, llave }) => `${id} ${tipo} de ${llave}`)
  assert.deepEqual({ sinAtender, atendidos: correos.size }, { sinAtender: [], atendidos: eventos.length })

  await hastaQue('que la página lo vea todo', () => vista.cuantos() >= eventos.length)
  const cliente = crearCliente(vida().api)
  const oferta = await unaOferta(cliente)
  const compras = Promise.all(
    Array.from({ length: COMPRAS }, async () => {
      const respuesta = await cliente.pedir('POST', '/vuelos/reserva', { cuerpo: unaCompra(oferta) })
      return respuesta.estado
    }),
  )
  await hastaQue('que salga alguno', () => correo.aceptados.length > 2)
  await matar('notificaciones')
  const compradas = (await compras).filter((estado) => estado === 200).length
  await drenado(vida().api)
  const decididos = () => [...correosDe(banco.carpeta).values()].filter((estado) => estado === 'enviado' || estado === 'ambiguo').length
  await hastaQue('un correo de la creación y otro de la aprobación de cada compra', () => decididos() >= 2 * compradas)
  const log = leerRestos(banco.carpeta).log.filter(({ topico }) => topico === 'eventos-reserva')
  const finales = [...correosDe(banco.carpeta).values()]
  const cuantos = (estado: string): number => finales.filter((uno) => uno === estado).length
  const enviados = correo.aceptados.map(({ headers }) => headers.find(({ key }) => key === 'x-aeroalpes-evento')?.value)
  assert.equal(new Set(enviados).size, enviados.length, 'un correo salió dos veces')
  assert.equal(decididos(), 2 * compradas)
  assert.ok(enviados.length >= cuantos('enviado'))

  await hastaQue('que la página lo vea todo', () => vista.cuantos() >= log.length)
  assert.deepEqual(historias(await vista.terminar()), historias(log.map(({ llave, tipo }) => ({ reserva: llave, que: tipo }))))
  assert.deepEqual(
    vista.recuperados.slice(1).filter((recuperado) => recuperado !== true),
    [],
  )
  t.diagnostic(
    `semilla ${SEMILLA} · ${VICTIMAS.length + 1} muertes · ${diario.length} intentos · ${log.length} eventos · ${enviados.length} correos, ${cuantos('ambiguo')} ambiguos · la página volvió ${vista.recuperados.length - 1} veces`,
  )
  for (const nombre of ['notificaciones', 'ui', 'api'] as const) {
    vivos[nombre].senal('SIGTERM')
    assert.deepEqual(await vivos[nombre].fin(), { codigo: 0, senal: null }, vivos[nombre].errores())
  }
})
